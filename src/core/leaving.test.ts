// Telling every member that this peer goes: each once, so many at a time, and an honest count of who
// was not told.

import fc from "fast-check";
import { expect, test } from "vitest";
import { Leaving } from "./leaving.js";

const DEADLINE_MS = 5_000;

test("with nobody to tell it is done at once", () => {
  const leaving = new Leaving([], 16, DEADLINE_MS);
  expect(leaving.isDone).toBe(true);
  expect(leaving.take()).toBeUndefined();
  expect([leaving.told, leaving.untold]).toEqual([0, 0]);
});

test("so many are told at a time, and the next when one of them has answered or failed", () => {
  const leaving = new Leaving(["a", "b", "c", "d"], 2, DEADLINE_MS);
  const first = [leaving.take(), leaving.take()];
  expect(first.every((address) => address !== undefined)).toBe(true);
  expect(leaving.take()).toBeUndefined();
  leaving.onCallEnded(true);
  const third = leaving.take();
  expect(third).toBeDefined();
  expect(leaving.take()).toBeUndefined();
  leaving.onCallEnded(false);
  const fourth = leaving.take();
  expect([...first, third, fourth].sort()).toEqual(["a", "b", "c", "d"]);
  expect(leaving.isDone).toBe(false);
  expect([leaving.told, leaving.untold]).toEqual([1, 3]);
  leaving.onCallEnded(true);
  leaving.onCallEnded(true);
  expect(leaving.isDone).toBe(true);
  expect([leaving.told, leaving.untold]).toEqual([3, 1]);
});

test("it knows by when it has to be done", () => {
  expect(new Leaving(["a"], 16, DEADLINE_MS).deadlineMs).toBe(DEADLINE_MS);
});

test("everyone is told once, or counted as not told, in every history", () => {
  const members = fc.uniqueArray(
    fc.nat(1_000).map((index) => `member ${index}`),
    { maxLength: 20 },
  );
  fc.assert(
    fc.property(
      members,
      fc.integer({ min: 1, max: 5 }),
      fc.infiniteStream(fc.boolean()),
      (list, most, chance) => {
        const leaving = new Leaving([...list], most, DEADLINE_MS);
        const taken: string[] = [];
        let underWay = 0;
        while (!leaving.isDone) {
          const address = leaving.take();
          if (address !== undefined) {
            taken.push(address);
            underWay += 1;
            expect(underWay).toBeLessThanOrEqual(most);
          } else {
            leaving.onCallEnded(chance.next().value);
            underWay -= 1;
          }
          expect(leaving.told + leaving.untold).toBe(list.length);
        }
        expect(taken.sort()).toEqual([...list].sort());
      },
    ),
  );
});
