import { afterEach, expect, test, vi } from "vitest";
import { eventually } from "../../test/support/eventually.js";
import { GossipError } from "../core/errors.js";
import { ReachFeed } from "./reach-feed.js";

/** Everything that is waited for in this file comes at once, and is noted; the clock stands still. */
const delaysMs = vi.hoisted((): number[] => []);
vi.mock("../transport/platform-timers.js", () => ({
  monotonicMs: () => 5_000,
  pause: (delayMs: number) => {
    delaysMs.push(delayMs);
    return Promise.resolve();
  },
}));

const MAX_PENDING = 8;
const NEVER = new AbortController().signal;
const SILENT = new GossipError("CALL_TIMEOUT", "nobody answers");

afterEach(() => {
  delaysMs.length = 0;
  vi.restoreAllMocks();
});

function feedThat(askLinks: () => Promise<never>, limits = {}) {
  const peer = { address: "10.0.0.1:7946", details: () => [], links: () => [], askLinks };
  return new ReachFeed(peer, { maxReachMembers: 100, maxReachAsksPerSecond: 100, ...limits });
}

function addresses(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `10.0.1.${index}:7946`);
}

test("as many members are told of as maxReachMembers, and the rest is left out", async () => {
  for (const count of [4, 5]) {
    const feed = feedThat(() => Promise.reject(SILENT), { maxReachMembers: 4 });
    const told: (string | undefined)[] = [];
    for await (const { reach } of feed.watch(addresses(count), NEVER)) {
      if (told.push(reach?.address) === 12) break;
    }
    expect(new Set(told)).toEqual(new Set(addresses(4)));
  }
});

test("as many members are asked within a second as maxReachAsksPerSecond, for all watchers", async () => {
  const ask = vi.fn(() => Promise.reject(SILENT));
  const feed = feedThat(ask, { maxReachAsksPerSecond: 4 });
  const watchers = [addresses(3), addresses(2)].map((asked) => feed.watch(asked, NEVER));
  for (const watcher of watchers) await watcher.next();
  // Of the round of each watcher too.
  const waits = delaysMs.filter((delayMs) => delayMs !== 2_000);
  expect(ask).toHaveBeenCalledTimes(5);
  expect(waits).toEqual([250, 500, 750, 1_000]);
});

test("a watcher waits for eight members at once, each for 2 s, and for the next as one answers", async () => {
  const answer: ((error: GossipError) => void)[] = [];
  const ask = vi.fn(() => new Promise<never>((_, reject) => answer.push(reject)));
  const feed = feedThat(ask);
  const watcher = feed.watch(addresses(MAX_PENDING + 2), NEVER);
  const first = watcher.next();
  await eventually(() => expect(ask).toHaveBeenCalledTimes(MAX_PENDING));
  expect(ask).toHaveBeenLastCalledWith(addresses(MAX_PENDING).at(-1), { timeoutMs: 2_000 });
  answer[0]?.(SILENT);
  await first;
  await eventually(() => expect(ask).toHaveBeenCalledTimes(MAX_PENDING + 1));
});
