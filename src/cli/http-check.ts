// A check by HTTP: it passes when the URL answers with a status of 200 to 299.

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
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  const code: unknown = cause instanceof Error ? Reflect.get(cause, "code") : undefined;
  if (typeof code === "string") return code;
  return cause instanceof Error ? cause.message : error.message;
}
