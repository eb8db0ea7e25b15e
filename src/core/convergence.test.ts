// Cores against each other: whatever happened, once things calm down all that run agree on who runs
// and by what name, and nobody lists what never was.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CoreWorld, type CoreWorldOptions } from "../../test/support/core-world.js";
import type { PeerRecord } from "./record.js";

const ADDRESSES = Array.from({ length: 6 }, (_, index) => `10.0.0.${index + 1}:7946`);
const [FIRST = ""] = ADDRESSES;
/** Virtual time: seeds and gone members are dialled every few seconds. */
const CALM_MS = 60_000;

type Action =
  | { readonly type: "start"; readonly address: string; readonly name: string }
  | { readonly type: "update"; readonly address: string; readonly name: string }
  | { readonly type: "crash"; readonly address: string; readonly vanishes: boolean }
  | { readonly type: "leave"; readonly address: string }
  | { readonly type: "send"; readonly address: string; readonly records: readonly PeerRecord[] }
  | { readonly type: "delay"; readonly mostMs: number }
  | { readonly type: "wait"; readonly ms: number };

const address = fc.constantFrom(...ADDRESSES);
const name = fc.constantFrom("a", "b", "c", "d");
const inventedRecord = fc.record({
  address: fc.nat({ max: 20 }).map((index) => `10.66.0.1:${index + 1}`),
  version: fc.oneof(fc.nat(10), fc.nat(2 ** 31 - 1)),
  deleted: fc.boolean(),
  name: fc.constant("invented"),
});

const honest: readonly fc.WeightedArbitrary<Action>[] = [
  { weight: 6, arbitrary: fc.record({ type: fc.constant("start"), address, name }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant("update"), address, name }) },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant("crash"), address, vanishes: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("leave"), address }) },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant("send"),
      address,
      records: fc.array(inventedRecord, { maxLength: 5 }),
    }),
  },
  // From at once to longer than any call may take.
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant("delay"), mostMs: fc.nat({ max: 3_000 }) }),
  },
  { weight: 6, arbitrary: fc.record({ type: fc.constant("wait"), ms: fc.nat({ max: 10_000 }) }) },
];

function act(world: CoreWorld, action: Action): void {
  switch (action.type) {
    case "start":
      // Everyone knows the first peer, so that what was split comes together again.
      if (!world.isRunning(action.address)) world.start(action.address, action.name, [FIRST]);
      break;
    case "update":
      if (world.isStaying(action.address)) world.updateInfo(action.address, action.name);
      break;
    case "crash":
      if (world.isRunning(action.address)) world.crash(action.address, action.vanishes);
      break;
    case "leave":
      if (world.isStaying(action.address)) world.leave(action.address);
      break;
    case "send":
      if (world.isRunning(action.address)) world.send(action.address, action.records);
      break;
    case "delay":
      world.delayMs = [0, action.mostMs];
      break;
    case "wait":
      world.run(action.ms);
      break;
    default:
      action satisfies never;
  }
}

/** Lives through a history, lets things calm down, and looks whether all agree, and go on to. */
function expectAgreement(options: CoreWorldOptions, history: readonly Action[]): void {
  const world = new CoreWorld(options);
  for (const action of history) act(world, action);
  world.delayMs = [1, 20];
  // Longer than a call or a farewell lasts, so that what began in the turmoil has ended.
  world.run(10_000);
  if (!world.isRunning(FIRST)) world.start(FIRST, "first again", [FIRST]);
  world.run(10_000);
  const agreed = world.runUntilAgreed(CALM_MS);
  expect(agreed, world.describe()).toBe(true);
  for (let second = 0; second < 30; second += 1) {
    world.run(1_000);
    expect(world.agrees(), world.describe()).toBe(true);
  }
}

describe("a cluster", () => {
  test("that starts with one seed comes together", () => {
    const world = new CoreWorld({ seed: 1 });
    for (const each of ADDRESSES) world.start(each, `peer at ${each}`, [FIRST]);
    expect(world.agrees()).toBe(false);
    expect(world.runUntilAgreed(30_000), world.describe()).toBe(true);
  });

  test("tells everyone of a crash, a restart and a leave", () => {
    const world = new CoreWorld({ seed: 2 });
    const [, second = "", third = ""] = ADDRESSES;
    for (const each of ADDRESSES) world.start(each, "first boot", [FIRST]);
    expect(world.runUntilAgreed(30_000), world.describe()).toBe(true);
    world.crash(second, true);
    expect(world.agrees()).toBe(false);
    expect(world.runUntilAgreed(60_000), world.describe()).toBe(true);
    world.start(second, "second boot", [FIRST]);
    expect(world.runUntilAgreed(60_000), world.describe()).toBe(true);
    world.leave(third);
    world.run(5_000);
    expect(world.isRunning(third)).toBe(false);
    expect(world.runUntilAgreed(5_000), world.describe()).toBe(true);
  });

  test("that was in two groups is one when a seed joins them", () => {
    const world = new CoreWorld({ seed: 3 });
    const [a = "", b = "", c = "", d = ""] = ADDRESSES;
    world.start(a, "left", []);
    world.start(b, "left", [a]);
    world.start(c, "right", []);
    world.start(d, "right", [c]);
    world.run(30_000);
    expect(Array.from(world.listedBy(a).keys())).toEqual([a, b]);
    expect(Array.from(world.listedBy(d).keys()).sort()).toEqual([c, d]);
    world.start("10.0.0.9:7946", "bridge", [b, d]);
    expect(world.runUntilAgreed(60_000), world.describe()).toBe(true);
  });
});

describe("after any history", () => {
  test("of joins, updates, crashes, restarts and leaves, all agree, and list only what was", () => {
    const histories = fc.array(fc.oneof(...honest), { maxLength: 40, size: "max" });
    fc.assert(
      fc.property(fc.integer(), histories, (seed, history) => {
        expectAgreement({ seed }, history);
      }),
      { numRuns: 200 },
    );
  });

  test("in which somebody forges records of the members, all agree", () => {
    const forgedRecord = fc.record({
      address,
      version: fc.oneof(
        fc.nat(10),
        fc.integer({ min: 63_000_000, max: 64_200_000 }),
        fc.integer({ min: 2 ** 30 - 2, max: 2 ** 30 + 2 }),
        fc.constant(2 ** 31 - 1),
      ),
      deleted: fc.boolean(),
      name: fc.constantFrom("a", "z"),
    });
    const forging: fc.WeightedArbitrary<Action> = {
      weight: 4,
      arbitrary: fc.record({
        type: fc.constant("send"),
        address,
        records: fc.array(forgedRecord, { maxLength: 5 }),
      }),
    };
    const histories = fc.array(fc.oneof(...honest, forging), { maxLength: 40, size: "max" });
    fc.assert(
      fc.property(fc.integer(), histories, (seed, history) => {
        expectAgreement({ seed, hasForger: true }, history);
      }),
      { numRuns: 200 },
    );
  });
});
