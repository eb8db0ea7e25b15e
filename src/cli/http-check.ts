// A check by HTTP: it passes when the URL answers with a status of 200 to 299.

import { thrownCause, thrownCode, thrownText } from "../core/thrown.js";
import type { Check, CheckResult } from "./service-health.js";

/** Asks that URL. A redirect is not followed: what it leads to may be another service. */
export function httpCheck(url: string): Check {
  return async (signal): Promise<CheckResult> => {
    try {
      const response = await fetch(url, { signal, redirect: "manual" });
      await response.body?.cancel();
      if (response.ok) return { type: "passing" };
      return { type: "failing", reason: `HTTP ${response.status}` };
    } catch (error) {
      return { type: "failing", reason: failureText(error) };
    }
  };
}

/** The words of the error at the bottom: fetch itself only says that it failed. */
function failureText(error: unknown): string {
  const cause = thrownCause(error) ?? error;
  return thrownCode(cause) ?? thrownText(cause);
}
