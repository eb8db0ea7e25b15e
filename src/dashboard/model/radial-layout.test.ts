import { describe, expect, test } from "vitest";
import { adjacencyOf, hopsFrom } from "./adjacency.js";
import { layOut, type Place, radialLayout } from "./radial-layout.js";

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `m${index}`);

function radius({ x, y }: Place): number {
  return Math.hypot(x, y);
}

describe("the layout", () => {
  test("puts each member on the circle of its distance from the agent", () => {
    const adjacency = adjacencyOf([
      ["self", "a"],
      ["self", "b"],
      ["a", "c"],
    ]);
    const places = radialLayout("self", ["self", "a", "b", "c", "lost"], adjacency);
    const [a, b, c, lost] = ["a", "b", "c", "lost"].map((name) =>
      radius(places.get(name) as Place),
    );
    expect(places.get("self")).toEqual({ x: 0, y: 0 });
    expect(a).toBeCloseTo(b ?? 0);
    expect(c).toBeGreaterThan(a ?? 0);
    expect(lost).toBeGreaterThan(c ?? 0);
  });

  test("is the same each time, and gives each of a thousand members a place of its own", () => {
    const addresses = names(1_000);
    const adjacency = adjacencyOf(
      addresses.slice(1).map((name, index) => [name, `m${Math.floor(index / 8)}`] as const),
    );
    const places = layOut("m0", addresses, adjacency);
    expect(layOut("m0", addresses, adjacency)).toEqual(places);
    const distinct = new Set(
      [...places.values()].map(({ x, y }) => `${x.toFixed(2)} ${y.toFixed(2)}`),
    );
    expect(distinct.size).toBe(1_000);
  });

  test("lets no link of a small cluster run behind a member that it is not of", () => {
    for (const count of [3, 5, 6, 12, 24]) {
      const places = [...layOut("m0", names(count), adjacencyOf([])).values()];
      for (const a of places)
        for (const b of places)
          for (const c of places) {
            if (a === b || a === c || b === c) continue;
            const doubleArea = Math.abs((b.x - a.x) * (c.y - a.y) - (c.x - a.x) * (b.y - a.y));
            expect(doubleArea / Math.hypot(b.x - a.x, b.y - a.y)).toBeGreaterThan(2);
          }
    }
  });

  test("does not move the members of a small cluster when a link comes or goes", () => {
    const addresses = names(8);
    const before = layOut("m0", addresses, adjacencyOf([["m0", "m1"]]));
    expect(layOut("m0", addresses, adjacencyOf([["m2", "m3"]]))).toEqual(before);
  });
});

test("each member is reached once, by a shortest way", () => {
  const hops = hopsFrom(
    "a",
    adjacencyOf([
      ["a", "b"],
      ["b", "c"],
      ["a", "c"],
      ["c", "d"],
    ]),
  );
  expect(hops).toEqual([
    { from: "a", to: "b", depth: 1 },
    { from: "a", to: "c", depth: 1 },
    { from: "c", to: "d", depth: 2 },
  ]);
});
