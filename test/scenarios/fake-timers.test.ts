// Peers in a test of an application that puts doubles in the place of the timers for a while: nothing is
// lost by that, neither while they are there nor when they are taken back.

import { mock } from "node:test";
import * as timers from "node:timers";
import type { Peer } from "gossip";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { eventually } from "../support/eventually.js";
import { forEachFailureDetection, startCluster, startPeer } from "../support/peers.js";

/** Each puts doubles in place, and gives the function that takes them back. */
const WAYS: Readonly<Record<string, () => () => void>> = {
  "of vitest": () => {
    vi.useFakeTimers({ toFake: [...FAKED_BY_VITEST] });
    return () => vi.useRealTimers();
  },
  "of node:test": () => {
    mock.timers.enable({ apis: ["setTimeout", "setInterval", "setImmediate"] });
    return () => mock.timers.reset();
  },
};
const FAKED_BY_VITEST = [
  "setTimeout",
  "clearTimeout",
  "setInterval",
  "clearInterval",
  "setImmediate",
  "clearImmediate",
  "queueMicrotask",
  "performance",
  "Date",
] as const;

function expectName(seenBy: Peer, of: Peer, name: string): void {
  expect(seenBy.members().get(of.address)?.info.name).toBe(name);
}

/** As `eventually`, whose own timers may be doubles. */
async function eventuallyForReal(check: () => void): Promise<void> {
  for (let left = 1_000; ; left -= 1) {
    try {
      return check();
    } catch (error) {
      if (left === 0) throw error;
    }
    await realPause(10);
  }
}

const realSetTimeout = timers.setTimeout;

function realPause(durationMs: number): Promise<void> {
  return new Promise((resolve) => realSetTimeout(resolve, durationMs));
}

describe.each(Object.entries(WAYS))("while there are timers %s", (_, begin) => {
  forEachFailureDetection(() => {
    test("peers hear each other, and when they are gone too", async () => {
      const [first, second] = await startCluster(2);
      if (second === undefined) expect.fail("there is no second peer");
      const end = begin();
      onTestFinished(end);
      second.updateInfo({ name: "meanwhile" });
      await eventuallyForReal(() => expectName(first, second, "meanwhile"));
      end();
      second.updateInfo({ name: "afterwards" });
      await eventually(() => expectName(first, second, "afterwards"));
      await second.stop();
      await eventually(() => expect(first.members().size).toBe(1));
    });
  });

  test("peers start, join and stop", async () => {
    const end = begin();
    onTestFinished(end);
    const first = await startPeer();
    const second = await startPeer({ seeds: [first.address] });
    await eventuallyForReal(() => expect(first.members().size).toBe(2));
    await second.leave();
    await eventuallyForReal(() => expect(first.members().size).toBe(1));
    await first.stop();
  });
});

describe("a package that was loaded while there were doubles that never call", () => {
  test("wakes at the next thing that happens once they are gone", async () => {
    vi.resetModules();
    const never = () => ({ unref: () => {}, ref: () => {} });
    vi.doMock("node:timers", () => ({
      ...timers,
      setTimeout: never,
      setInterval: never,
      setImmediate: never,
    }));
    onTestFinished(() => {
      vi.doUnmock("node:timers");
      vi.resetModules();
    });
    const { Peer: Late } = await import("gossip");
    const options = { address: "127.0.0.1:0", pingPeriodMs: 50 };
    const first = await Late.start(options);
    const second = await Late.start({ ...options, seeds: [first.address] });
    onTestFinished(() => Promise.all([first.stop(), second.stop()]).then(() => {}));
    await eventually(() => expect(first.members().size).toBe(2));
    second.updateInfo({ name: "afterwards" });
    await eventually(() => expectName(first, second, "afterwards"));
    await second.stop();
    await eventually(() => expect(first.members().size).toBe(1));
  });
});
