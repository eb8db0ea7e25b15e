// The schedule of a simulation: everything comes out in the order of its time, and at equal times in
// the order in which it was put in.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Schedule, type Scheduled } from "./schedule.js";

/** Takes out all that is left, and runs it. */
function runAll(schedule: Schedule): void {
  for (let next = schedule.take(); next !== undefined; next = schedule.take()) next.run?.();
}

describe("a schedule", () => {
  test("gives what happens first, whatever the order in which it was put in", () => {
    const schedule = new Schedule();
    const ran: string[] = [];
    schedule.add(30, () => ran.push("at 30"));
    schedule.add(10, () => ran.push("at 10"));
    schedule.add(20, () => ran.push("at 20"));
    expect(schedule.nextAtMs()).toBe(10);
    runAll(schedule);
    expect(ran).toEqual(["at 10", "at 20", "at 30"]);
  });

  test("keeps the order of what happens at one time", () => {
    const schedule = new Schedule();
    const ran: number[] = [];
    for (let number = 0; number < 100; number += 1) schedule.add(5, () => ran.push(number));
    runAll(schedule);
    expect(ran).toEqual(Array.from({ length: 100 }, (_, number) => number));
  });

  test("forgets what was taken back", () => {
    const schedule = new Schedule();
    const ran: string[] = [];
    const first = schedule.add(1, () => ran.push("taken back"));
    schedule.add(2, () => ran.push("kept"));
    schedule.cancel(first);
    expect(schedule.nextAtMs()).toBe(2);
    runAll(schedule);
    expect(ran).toEqual(["kept"]);
  });

  test("has nothing when all was taken out or back", () => {
    const schedule = new Schedule();
    schedule.cancel(schedule.add(1, () => {}));
    expect(schedule.nextAtMs()).toBeUndefined();
    expect(schedule.take()).toBeUndefined();
    expect(schedule.size).toBe(0);
  });

  test("lets what was taken out be taken back without harm", () => {
    const schedule = new Schedule();
    schedule.add(1, () => {});
    const taken = schedule.take();
    if (taken === undefined) expect.fail("nothing was scheduled");
    schedule.cancel(taken);
    schedule.add(2, () => {});
    expect(schedule.nextAtMs()).toBe(2);
  });

  test("does as a sorted list would, whatever is put in, taken out and taken back", () => {
    const operation = fc.oneof(
      { weight: 4, arbitrary: fc.record({ type: fc.constant("add"), atMs: fc.nat(20) }) },
      { weight: 2, arbitrary: fc.record({ type: fc.constant("take"), atMs: fc.nat(20) }) },
      { weight: 1, arbitrary: fc.record({ type: fc.constant("cancel"), atMs: fc.nat(50) }) },
    );
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 200 }), (operations) => {
        const schedule = new Schedule();
        const added: Scheduled[] = [];
        let waiting: Scheduled[] = [];
        for (const { type, atMs } of operations) {
          if (type === "add") {
            const scheduled = schedule.add(atMs, () => {});
            added.push(scheduled);
            waiting.push(scheduled);
            // Stable: equal times stay in the order in which they were put in.
            waiting.sort((a, b) => a.atMs - b.atMs);
          } else if (type === "take") {
            const isDue = waiting[0] !== undefined && waiting[0].atMs <= atMs;
            expect(schedule.take(atMs)).toBe(isDue ? waiting.shift() : undefined);
          } else {
            const cancelled = added[atMs];
            if (cancelled === undefined) continue;
            schedule.cancel(cancelled);
            waiting = waiting.filter((scheduled) => scheduled !== cancelled);
          }
          expect(schedule.nextAtMs()).toBe(waiting[0]?.atMs);
        }
        for (const scheduled of waiting) expect(schedule.take()).toBe(scheduled);
        expect(schedule.take()).toBeUndefined();
      }),
    );
  });
});
