// What can be set, at the ends of its range and one past them: docs/LIMITS.md says the ranges.

import { readFileSync } from "node:fs";
import { DEFAULT_LIMITS, type Limits, type PeerOptions } from "gossip";
import { type AdminLimits, DEFAULT_ADMIN_LIMITS } from "gossip/admin";
import { describe, expect, test } from "vitest";
import { resolveAdminOptions } from "../../src/admin/options.js";
import { checkAskTimeout } from "../../src/peer/link-askers.js";
import { resolveOptions } from "../../src/peer/options.js";
import { sectionOf, tableRows } from "../support/markdown.js";

const MARKDOWN = readFileSync(new URL("../../docs/LIMITS.md", import.meta.url), "utf8");
const ADDRESS = "127.0.0.1:7946";
const MOST_TIMER_MS = 2 ** 31 - 1;

/** Those of a peer that may be lower than 1, or not as low. */
const LEAST: Partial<Limits> = { maxGoneMembers: 0, maxLinks: 32, maxUnsentBytes: 65_536 };
const MOST: Partial<Limits> = { maxVersion: 2 ** 31 - 2 };
/** So that the limits of calls may be as low and as high as they can alone. */
const ROOM = { maxExchanges: 1, maxDials: 1, maxConnections: Number.MAX_SAFE_INTEGER };

const DURATIONS = {
  pingPeriodMs: [10, 3_600_000],
  probeTimeoutMs: [10, 60_000],
  exchangeTimeoutMs: [10, 600_000],
  pingTimeoutMs: [10, 600_000],
  goneRetentionMs: [1_000, MOST_TIMER_MS],
  leaveTimeoutMs: [0, 600_000],
} as const satisfies Partial<Record<keyof PeerOptions, readonly [number, number]>>;

/** Refused with an error for the user that names what is wrong. */
function expectRefused(name: string, resolve: () => unknown): void {
  expect(resolve).toThrow(
    expect.objectContaining({
      name: "GossipError",
      code: "INVALID_OPTION",
      message: expect.stringContaining(name),
    }),
  );
}

/** What is no number from one end to the other, or no whole one. */
function beyond(least: number, most: number): readonly unknown[] {
  return [least - 1, most + 1, least + 0.5, Number.NaN, Number.POSITIVE_INFINITY, "100", null];
}

test("each duration that can be set has a row, with its range", () => {
  const rows = tableRows(sectionOf(MARKDOWN, "Durations that can be set"), "option");
  const ranges = rows.map(([name, , range]) => [name, range]);
  const expected = Object.entries(DURATIONS).map(([name, ends]) => {
    return [name, ends.map((end) => end.toLocaleString("en-US")).join(" to ")];
  });
  expect(ranges).toEqual(expected);
});

describe.each(Object.entries(DURATIONS))("%s", (name, [least, most]) => {
  test.each([least, most])("may be %d", (value) => {
    const { timing, probeTimeoutMs } = resolveOptions({ address: ADDRESS, [name]: value });
    expect({ ...timing, probeTimeoutMs }).toMatchObject({ [name]: value });
  });

  test.each(beyond(least, most))("may not be %s", (value) => {
    expectRefused(name, () => resolveOptions({ address: ADDRESS, [name]: value }));
  });
});

describe.each(Object.keys(DEFAULT_LIMITS) as (keyof Limits)[])("the limit %s", (name) => {
  // As many connections as the calls of a peer may need at once.
  const least = name === "maxConnections" ? 3 : (LEAST[name] ?? 1);
  const most = MOST[name] ?? Number.MAX_SAFE_INTEGER;
  const resolve = (value: unknown) =>
    resolveOptions({ address: ADDRESS, limits: { ...ROOM, [name]: value } });

  // The highest whole number that there is needs no test: some limits take others with them.
  test.each([least, Math.min(most, MOST_TIMER_MS - 1)])("may be %d", (value) => {
    expect(resolve(value).limits[name]).toBe(value);
  });

  test.each(beyond(least, most))("may not be %s", (value) => {
    expectRefused(name, () => resolve(value));
  });
});

describe.each(Object.keys(DEFAULT_ADMIN_LIMITS) as (keyof AdminLimits)[])(
  "the admin limit %s",
  (name) => {
    const resolve = (value: unknown) => resolveAdminOptions({ limits: { [name]: value } });

    test.each([1, MOST_TIMER_MS])("may be %d", (value) => {
      expect(resolve(value).limits[name]).toBe(value);
    });

    test.each(beyond(1, MOST_TIMER_MS))("may not be %s", (value) => {
      expectRefused(name, () => resolve(value));
    });
  },
);

describe("the time of a question for links", () => {
  test.each([1, 600_000])("may be %d", (timeoutMs) => {
    expect(checkAskTimeout({ timeoutMs })).toBe(timeoutMs);
  });

  test.each([0, 600_001, Number.NaN])("may not be %d", (timeoutMs) => {
    expectRefused("timeoutMs", () => checkAskTimeout({ timeoutMs }));
  });

  test("is 5 s unless told otherwise", () => {
    expect(checkAskTimeout({})).toBe(5_000);
  });
});
