// A check by HTTP: it passes when the URL answers with a status of 200 to 299.

import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { thrownCause, thrownCode, thrownText } from "../core/thrown.js";
import { directConnection } from "./direct-connection.js";
import type { Check, CheckResult } from "./service-health.js";

/** The check has its own time, and ends this by its signal. */
const CONNECT_TIMEOUT_MS = 2 ** 31 - 1;

/** Asks that URL. A redirect is not followed: what it leads to may be another service. */
export function httpCheck(url: string): Check {
  const isSecure = url.startsWith("https:");
  return (signal) =>
    new Promise<CheckResult>((resolve) => {
      const fail = (error: unknown): void => {
        resolve({ type: "failing", reason: failureText(error) });
      };
      const createConnection = directConnection({
        timeoutMs: CONNECT_TIMEOUT_MS,
        signal,
        tls: isSecure ? {} : undefined,
      });
      const request = (isSecure ? requestHttps : requestHttp)(url, { createConnection, signal });
      request.on("error", fail);
      request.on("response", (response) => {
        const { statusCode = 0 } = response;
        const isFine = statusCode >= 200 && statusCode < 300;
        resolve(isFine ? { type: "passing" } : { type: "failing", reason: `HTTP ${statusCode}` });
        response.on("error", () => {}).destroy();
      });
      request.end();
    });
}

/** The code of the failure where it has one: it says the same in fewer words. */
function failureText(error: unknown): string {
  const cause = thrownCause(error) ?? error;
  return thrownCode(cause) ?? thrownText(cause);
}
