import { expect, test } from "vitest";
import { adjacencyOf } from "./adjacency.js";
import { GLOW_MS, HOP_MS, Spread } from "./spread.js";

const line = adjacencyOf([
  ["a", "b"],
  ["b", "c"],
]);

test("a change goes from its origin, hop by hop, and is over when the last has glowed", () => {
  const spread = new Spread("updated", "a", line, 1_000);
  const half = 1_000 + HOP_MS / 2;
  expect(spread.sparks(half)).toEqual([{ from: "a", to: "b", share: 0.5 }]);
  expect(spread.sparks(half + HOP_MS)).toEqual([{ from: "b", to: "c", share: 0.5 }]);
  expect(spread.isOver(1_000 + 2 * HOP_MS + GLOW_MS - 1)).toBe(false);
  expect(spread.isOver(1_000 + 2 * HOP_MS + GLOW_MS)).toBe(true);
});

test("a member glows from the moment at which the change reaches it", () => {
  const spread = new Spread("updated", "a", line, 0);
  expect(spread.glows(0)).toEqual([{ address: "a", share: 1 }]);
  const reached = spread.glows(HOP_MS).map(({ address }) => address);
  expect(reached).toEqual(["a", "b"]);
  expect(spread.glows(HOP_MS - 1).map(({ address }) => address)).toEqual(["a"]);
});

test("a change of a member without links glows there and ends", () => {
  const spread = new Spread("failed", "lost", line, 0);
  expect(spread.sparks(10)).toEqual([]);
  expect(spread.isOver(GLOW_MS)).toBe(true);
});
