// Rumors on their way out: the newest of each member, once to each neighbour that has not told us of
// it, soon when all is quiet and together under load.

import { describe, expect, test } from "vitest";
import { addressOf, nativeRecord } from "../../../test/support/native-records.js";
import type { SentRecord } from "./member-record.js";
import { wholeRecord } from "./own-member.js";
import { RumorQueue } from "./rumor-queue.js";

const NOW = 1_000;
const FLUSH_MS = 2;
const [ALICE, BOB, CAROL] = ["alice", "bob", "carol"];

function rumor(index: number, version = 1): SentRecord {
  return wholeRecord(nativeRecord(addressOf(index), { version }));
}

/** What goes to whom: version by member, with a mark where it begins here. */
function take(queue: RumorQueue, neighbours: string[], now = NOW): Record<string, string[]> {
  const taken: Record<string, string[]> = {};
  for (const [neighbour, { records, first }] of queue.take(neighbours, now)) {
    taken[neighbour] ??= [];
    for (const { address, version } of records) {
      taken[neighbour].push(`${first ? "*" : ""}${address} ${version}`);
    }
  }
  return taken;
}

test("each goes to all neighbours but the one that it came from, and then to none any more", () => {
  const queue = new RumorQueue(10);
  queue.add(rumor(1), undefined, false, NOW);
  queue.add(rumor(2), ALICE, false, NOW);
  expect(queue.size).toBe(2);
  const [one, two] = [`*${addressOf(1)} 1`, `${addressOf(2)} 1`];
  expect(take(queue, [ALICE, BOB])).toEqual({ [ALICE]: [one], [BOB]: [one, two] });
  expect(queue.size).toBe(0);
  expect(take(queue, [ALICE, BOB])).toEqual({});
});

test("one that a neighbour told us of meanwhile does not go back there", () => {
  const queue = new RumorQueue(10);
  queue.add(rumor(1), ALICE, false, NOW);
  queue.noteKnown(addressOf(1), BOB);
  queue.noteKnown(addressOf(2), CAROL);
  expect(Object.keys(take(queue, [ALICE, BOB, CAROL]))).toEqual([CAROL]);
});

test("news of the same member take the place of what waits, and go to those again who knew that", () => {
  const queue = new RumorQueue(10);
  queue.add(rumor(1, 1), ALICE, false, NOW);
  expect(queue.waiting(addressOf(1))?.version).toBe(1);
  queue.add(rumor(1, 2), BOB, false, NOW);
  expect(queue.waiting(addressOf(1))?.version).toBe(2);
  expect(queue.waiting(addressOf(2))).toBeUndefined();
  expect(take(queue, [ALICE, BOB])).toEqual({ [ALICE]: [`${addressOf(1)} 2`] });
});

test("when too many wait, the oldest is left to the exchanges", () => {
  const queue = new RumorQueue(3);
  for (const index of [1, 2, 3]) queue.add(rumor(index), undefined, false, NOW);
  // News make a rumor the youngest.
  queue.add(rumor(1, 2), undefined, false, NOW);
  queue.add(rumor(4), undefined, false, NOW);
  expect(queue.size).toBe(3);
  const left = [`*${addressOf(3)} 1`, `*${addressOf(1)} 2`, `*${addressOf(4)} 1`];
  expect(take(queue, [ALICE])).toEqual({ [ALICE]: left });
});

test("accusations go apart from the rest", () => {
  const queue = new RumorQueue(10);
  queue.add(rumor(1), ALICE, true, NOW);
  queue.add(rumor(2), ALICE, false, NOW);
  const batches = Array.from(queue.take([BOB], NOW), ([, { accusing, records }]) => {
    return { accusing, addresses: records.map(({ address }) => address) };
  });
  expect(batches).toEqual([
    { accusing: false, addresses: [addressOf(2)] },
    { accusing: true, addresses: [addressOf(1)] },
  ]);
});

describe("the time to send", () => {
  test("is at once when nothing was sent just before", () => {
    const queue = new RumorQueue(10);
    expect(queue.flushAtMs).toBeUndefined();
    queue.add(rumor(1), undefined, false, NOW);
    expect(queue.flushAtMs).toBe(NOW);
  });

  test("is two milliseconds after the last one, and does not move with what comes in", () => {
    const queue = new RumorQueue(10);
    queue.add(rumor(1), undefined, false, NOW);
    take(queue, [ALICE], NOW);
    expect(queue.flushAtMs).toBeUndefined();
    queue.add(rumor(2), undefined, false, NOW + 1);
    queue.add(rumor(3), undefined, false, NOW + 1.5);
    expect(queue.flushAtMs).toBe(NOW + FLUSH_MS);
    take(queue, [ALICE], NOW + FLUSH_MS);
    queue.add(rumor(4), undefined, false, NOW + 3 * FLUSH_MS);
    expect(queue.flushAtMs).toBe(NOW + 3 * FLUSH_MS);
  });

  test("is over also when there is nobody to send to", () => {
    const queue = new RumorQueue(10);
    queue.add(rumor(1), undefined, false, NOW);
    expect(take(queue, [])).toEqual({});
    expect([queue.size, queue.flushAtMs]).toEqual([0, undefined]);
  });
});
