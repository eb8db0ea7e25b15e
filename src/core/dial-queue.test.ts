// The reasons to dial that wait for their turn: how many wait, are under way and begin in a second,
// who makes room when the queue is full, and how long an address rests after a dial.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../../test/support/seeded-random.js";
import { DialQueue } from "./dial-queue.js";
import { DEFAULT_LIMITS, type Limits } from "./limits.js";
import type { Random } from "./random.js";

const NOW = 1_000;
const BACKOFF = { baseMs: 1_000, maxMs: 60_000 };

function dialQueue(limits: Partial<Limits> = {}, random: Random = seededRandom(1)): DialQueue {
  return new DialQueue({ ...DEFAULT_LIMITS, ...limits }, random, NOW);
}

function addresses(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `10.0.0.1:${index + 1}`);
}

function takeAll(queue: DialQueue, now: number): string[] {
  const taken: string[] = [];
  for (;;) {
    const address = queue.take(now);
    if (address === undefined) return taken;
    taken.push(address);
  }
}

describe("an address", () => {
  test("waits, is dialled, and is then no longer there", () => {
    const queue = dialQueue();
    expect(queue.has("a")).toBe(false);
    queue.suggest("a", NOW);
    expect([queue.has("a"), queue.waiting]).toEqual([true, 1]);
    expect(queue.take(NOW)).toBe("a");
    expect([queue.has("a"), queue.waiting]).toEqual([true, 0]);
    queue.end("a");
    expect(queue.has("a")).toBe(false);
    expect(queue.take(NOW)).toBeUndefined();
  });

  test("is dialled once, however often it is suggested meanwhile", () => {
    const queue = dialQueue();
    queue.suggest("a", NOW);
    queue.suggest("a", NOW);
    expect(takeAll(queue, NOW)).toEqual(["a"]);
    queue.suggest("a", NOW);
    expect(queue.waiting).toBe(0);
  });

  test("is not put in while it rests, and is afterwards", () => {
    const queue = dialQueue({}, () => 0.5);
    queue.rest("a", BACKOFF, NOW);
    queue.suggest("a", NOW + 749);
    expect(queue.has("a")).toBe(false);
    queue.suggest("a", NOW + 750);
    expect(queue.has("a")).toBe(true);
  });

  test("rests twice as long each time, up to the longest back-off", () => {
    const queue = dialQueue({}, () => 0.5);
    let now = NOW;
    for (const restMs of [750, 1_500, 3_000, 6_000, 12_000, 24_000, 45_000, 45_000]) {
      queue.rest("a", BACKOFF, now);
      queue.suggest("a", now + restMs - 1);
      expect(queue.has("a")).toBe(false);
      now += restMs;
      queue.suggest("a", now);
      expect(queue.take(now)).toBe("a");
      queue.end("a");
    }
  });

  test("rests as briefly as at first, once all questions about it were settled", () => {
    const queue = dialQueue({}, () => 0.5);
    for (let time = 0; time < 5; time += 1) queue.rest("a", BACKOFF, NOW);
    queue.forget("a");
    queue.suggest("a", NOW);
    expect(queue.take(NOW)).toBe("a");
    queue.end("a");
    queue.rest("a", BACKOFF, NOW);
    queue.suggest("a", NOW + 750);
    expect(queue.has("a")).toBe(true);
  });

  test("no longer waits once all questions about it were settled", () => {
    const queue = dialQueue();
    queue.suggest("a", NOW);
    queue.forget("a");
    expect(queue.has("a")).toBe(false);
    expect(queue.take(NOW)).toBeUndefined();
  });

  test("of many that failed together, no two come back together", () => {
    const queue = dialQueue({ maxDials: 100, maxDialsPerSecond: 1_000 });
    const all = addresses(100);
    for (const address of all) queue.rest(address, BACKOFF, NOW);
    const backAtMs = all.map((address) => {
      let now = NOW;
      while (!queue.has(address)) {
        now += 1;
        queue.suggest(address, now);
      }
      return now;
    });
    expect(Math.min(...backAtMs)).toBeGreaterThanOrEqual(NOW + 500);
    expect(Math.max(...backAtMs)).toBeLessThanOrEqual(NOW + 1_001);
    expect(new Set(backAtMs).size).toBeGreaterThan(70);
  });
});

describe("a full queue", () => {
  test("gives one of its addresses for a newcomer, and says which", () => {
    const queue = dialQueue({ maxCandidates: 3 });
    const held = ["a", "b", "c"];
    for (const address of held) expect(queue.suggest(address, NOW)).toBeUndefined();
    const evicted = queue.suggest("new", NOW) ?? "";
    expect(held).toContain(evicted);
    expect(queue.has(evicted)).toBe(false);
    expect(queue.has("new")).toBe(true);
    expect(queue.waiting).toBe(3);
  });

  test("gives none for one that is there already", () => {
    const queue = dialQueue({ maxCandidates: 3 });
    for (const address of ["a", "b", "c"]) queue.suggest(address, NOW);
    expect(queue.suggest("b", NOW)).toBeUndefined();
    expect(queue.waiting).toBe(3);
  });

  test("gives each of its addresses about as often as any other", () => {
    const random = seededRandom(2);
    const counts = new Map<string, number>();
    for (let time = 0; time < 3_000; time += 1) {
      const queue = dialQueue({ maxCandidates: 3 }, random);
      for (const address of ["a", "b", "c"]) queue.suggest(address, NOW);
      const evicted = queue.suggest("new", NOW) ?? "";
      counts.set(evicted, (counts.get(evicted) ?? 0) + 1);
    }
    expect(Array.from(counts.keys()).sort()).toEqual(["a", "b", "c"]);
    for (const count of counts.values()) expect(count).toBeGreaterThan(850);
  });

  test("lets a real address through a flood of invented ones that never ends", () => {
    const queue = dialQueue({ maxCandidates: 16, maxDialsPerSecond: 4 });
    let invented = 0;
    let dialled = 0;
    for (let now = NOW; now < NOW + 1_000_000; now += 250) {
      queue.suggest("real", now);
      for (let count = 0; count < 25; count += 1) {
        invented += 1;
        queue.suggest(`invented ${invented}`, now);
      }
      const address = queue.take(now);
      if (address === undefined) throw new Error("a full queue gave nothing");
      queue.end(address);
      if (address === "real") dialled += 1;
    }
    // Were it kept out by those that came first, or pushed out by those that come after, never.
    expect(dialled).toBeGreaterThan(10);
  });
});

describe("dials", () => {
  test("are taken at random, so that none waits behind a flood", () => {
    const firsts = new Set<string | undefined>();
    for (let seed = 0; seed < 50; seed += 1) {
      const queue = dialQueue({}, seededRandom(seed));
      for (const address of ["a", "b", "c"]) queue.suggest(address, NOW);
      firsts.add(queue.take(NOW));
    }
    expect(firsts).toEqual(new Set(["a", "b", "c"]));
  });

  test("are so many under way at once, and the next begins when one ends", () => {
    const queue = dialQueue({ maxDials: 3 });
    for (const address of addresses(10)) queue.suggest(address, NOW);
    const taken = takeAll(queue, NOW);
    expect(taken.length).toBe(3);
    // Nothing to be woken for: the end of a dial will be told.
    expect(queue.nextAtMs(NOW)).toBeUndefined();
    queue.end(taken[0] ?? "");
    expect(queue.nextAtMs(NOW)).toBe(NOW);
    expect(takeAll(queue, NOW).length).toBe(1);
  });

  test("begin so many in a second, and the queue says when the next can", () => {
    const queue = dialQueue({ maxDials: 1_000, maxDialsPerSecond: 10 });
    for (const address of addresses(100)) queue.suggest(address, NOW);
    expect(takeAll(queue, NOW).length).toBe(10);
    expect(queue.nextAtMs(NOW)).toBe(NOW + 100);
    expect(takeAll(queue, NOW + 99).length).toBe(0);
    expect(takeAll(queue, NOW + 100).length).toBe(1);
    expect(takeAll(queue, NOW + 1_100).length).toBe(10);
  });

  test("are nothing to be woken for when none waits", () => {
    expect(dialQueue().nextAtMs(NOW)).toBeUndefined();
  });
});

test("of the resting as many are remembered as two full queues, the oldest forgotten first", () => {
  const queue = dialQueue({ maxCandidates: 10 });
  for (const address of addresses(21)) queue.rest(address, BACKOFF, NOW);
  for (const address of addresses(21)) queue.suggest(address, NOW);
  const [oldest = ""] = addresses(1);
  expect(takeAll(queue, NOW)).toEqual([oldest]);
});

test("its limits hold in every history, and whom it was given it keeps, evicts or gives once", () => {
  const limits = { maxCandidates: 4, maxDials: 2, maxDialsPerSecond: 5 };
  const address = fc.constantFrom(...addresses(8));
  const steps = fc.oneof(
    fc.record({ type: fc.constant("suggest" as const), address }),
    fc.record({ type: fc.constant("take" as const) }),
    fc.record({ type: fc.constant("end" as const), rests: fc.boolean() }),
    fc.record({ type: fc.constant("forget" as const), address }),
    fc.record({ type: fc.constant("wait" as const), ms: fc.nat(400) }),
  );
  fc.assert(
    fc.property(fc.array(steps, { maxLength: 80 }), fc.nat(), (history, seed) => {
      const queue = dialQueue(limits, seededRandom(seed));
      const waiting = new Set<string>();
      const underWay = new Set<string>();
      const takenAtMs: number[] = [];
      let now = NOW;
      for (const step of history) {
        if (step.type === "suggest") {
          const evicted = queue.suggest(step.address, now);
          if (evicted !== undefined) expect(waiting.delete(evicted)).toBe(true);
          if (queue.has(step.address) && !underWay.has(step.address)) waiting.add(step.address);
        } else if (step.type === "take") {
          const taken = queue.take(now);
          if (taken === undefined) continue;
          expect(waiting.delete(taken)).toBe(true);
          underWay.add(taken);
          takenAtMs.push(now);
        } else if (step.type === "end") {
          const [ended] = underWay;
          if (ended === undefined) continue;
          underWay.delete(ended);
          queue.end(ended);
          if (step.rests) queue.rest(ended, BACKOFF, now);
        } else if (step.type === "forget") {
          queue.forget(step.address);
          waiting.delete(step.address);
        } else {
          now += step.ms;
        }
        expect(queue.waiting).toBe(waiting.size);
        expect(queue.waiting).toBeLessThanOrEqual(limits.maxCandidates);
        expect(underWay.size).toBeLessThanOrEqual(limits.maxDials);
        const lastSecond = takenAtMs.filter((atMs) => atMs > now - 1_000);
        expect(lastSecond.length).toBeLessThanOrEqual(2 * limits.maxDialsPerSecond);
        for (const each of addresses(8)) {
          expect(queue.has(each)).toBe(waiting.has(each) || underWay.has(each));
        }
      }
    }),
  );
});
