import { expect, test } from "vitest";
import { FormerMembers } from "./former-members.js";
import { DEFAULT_LIMITS } from "./limits.js";

const NOW = 1_000;

function formerMembers(count: number, maxFormerMembers = 1_024): FormerMembers {
  const members = Array.from({ length: count }, (_, index) => {
    return { address: `10.0.0.${index}:1`, remainingMs: 500 + index };
  });
  return new FormerMembers(members, { ...DEFAULT_LIMITS, maxFormerMembers }, NOW);
}

test("while nobody is there, 16 are looked for at once, and one after another then", () => {
  expect(new Set(formerMembers(16).take(true, Math.random, NOW)).size).toBe(16);
  expect(new Set(formerMembers(17).take(true, Math.random, NOW)).size).toBe(16);
  expect(formerMembers(17).take(false, Math.random, NOW)).toHaveLength(1);
  expect(formerMembers(0).take(true, Math.random, NOW)).toEqual([]);
});

test("all of them have their turn", () => {
  const former = formerMembers(20);
  const taken = new Set<string>();
  for (let turn = 0; turn < 20; turn += 1) {
    const random = () => turn / 20;
    for (const address of former.take(false, random, NOW)) taken.add(address);
  }
  expect(taken.size).toBe(20);
});

test("one of which more is known is looked for no longer", () => {
  const former = formerMembers(2);
  former.delete("10.0.0.1:1");
  expect(former.take(true, Math.random, NOW)).toEqual(["10.0.0.0:1"]);
  expect(former.has("10.0.0.1:1")).toBe(false);
});

test("one whose time is over is forgotten", () => {
  const former = formerMembers(2);
  expect(former.take(true, Math.random, NOW + 499)).toHaveLength(2);
  expect(former.take(true, Math.random, NOW + 500)).toEqual(["10.0.0.1:1"]);
  expect(former.size).toBe(1);
});

test("there are as many as the limit allows, and no more", () => {
  expect(formerMembers(3, 3).size).toBe(3);
  expect(formerMembers(4, 3).size).toBe(3);
});

test("the next boot is told how long each has left", () => {
  const kept = [...formerMembers(2).kept(NOW + 100)];
  expect(kept).toEqual([
    { address: "10.0.0.0:1", remainingMs: 400 },
    { address: "10.0.0.1:1", remainingMs: 401 },
  ]);
});
