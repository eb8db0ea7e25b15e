import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { renewTimers } from "../transport/platform-timers.js";
import { CertificateEnd, endedText } from "./certificate-end.js";

const START_MS = Date.UTC(2030, 0, 1);
const HOUR_MS = 3_600_000;

beforeEach(() => {
  vi.useFakeTimers({ now: START_MS });
  renewTimers();
});

afterEach(() => {
  vi.useRealTimers();
  renewTimers();
});

function followed(expiresAtMs: number) {
  const onEnd = vi.fn();
  const end = new CertificateEnd(onEnd);
  end.follow(expiresAtMs);
  return { end, onEnd };
}

test("the end is told once, and when it comes", () => {
  const { onEnd } = followed(START_MS + 60 * 24 * HOUR_MS);
  vi.advanceTimersByTime(60 * 24 * HOUR_MS - 1);
  expect(onEnd).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(onEnd).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(24 * HOUR_MS);
  expect(onEnd).toHaveBeenCalledTimes(1);
});

test("of a certificate that was replaced, or of one that is looked after no longer, no end is told", () => {
  const { end, onEnd } = followed(START_MS + HOUR_MS);
  end.follow(START_MS + 3 * HOUR_MS);
  vi.advanceTimersByTime(2 * HOUR_MS);
  expect(onEnd).not.toHaveBeenCalled();
  end.close();
  vi.advanceTimersByTime(2 * HOUR_MS);
  expect(onEnd).not.toHaveBeenCalled();
});

test("an end that has come before is not told", () => {
  const { onEnd } = followed(START_MS - 1);
  vi.advanceTimersByTime(HOUR_MS);
  expect(onEnd).not.toHaveBeenCalled();
});

test("what is wrong is said from the end on", () => {
  expect(endedText(START_MS, START_MS - 1)).toBeUndefined();
  expect(endedText(START_MS, START_MS)).toMatch(/expired \(2030-01-01T00:00:00.000Z\).*renew/);
});
