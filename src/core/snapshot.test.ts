import { describe, expect, test } from "vitest";
import { GENERATION_EPOCH_MS } from "./own-record.js";
import { beginningOf, keptMembers, type Snapshot } from "./snapshot.js";

const CLOCK_MS = GENERATION_EPOCH_MS + 1_000_000;
const KEPT: Snapshot = {
  generation: 400_000,
  version: 450,
  savedAt: 500_000,
  members: [{ address: "a:1", remainingMs: 1 }],
};

describe("beginningOf", () => {
  test("is the clock alone where nothing was kept", () => {
    const beginning = { generation: 1_000_000, version: 1_000, formerMembers: [] };
    expect(beginningOf(undefined, CLOCK_MS)).toEqual(beginning);
  });

  test("is the clock where that is ahead of what was kept, with the members", () => {
    const formerMembers = KEPT.members;
    const beginning = { generation: 1_000_000, version: 1_000, formerMembers };
    expect(beginningOf(KEPT, CLOCK_MS)).toEqual(beginning);
  });

  test("is the time at which it was kept where the clock is behind that", () => {
    const kept = { ...KEPT, savedAt: 1_000_001 };
    expect(beginningOf(kept, CLOCK_MS).generation).toBe(1_000_001);
  });

  test("is always above the generation that was kept", () => {
    const kept = { ...KEPT, generation: 1_000_000, savedAt: 999_999 };
    expect(beginningOf(kept, CLOCK_MS).generation).toBe(1_000_001);
  });

  test("is above the version that was kept, up to what others believe", () => {
    expect(beginningOf({ ...KEPT, version: 1_000 }, CLOCK_MS).version).toBe(1_001);
    const most = 2 ** 30 - 1;
    expect(beginningOf({ ...KEPT, version: most - 1 }, CLOCK_MS).version).toBe(most);
    expect(beginningOf({ ...KEPT, version: most }, CLOCK_MS).version).toBe(most);
    expect(beginningOf({ ...KEPT, version: most + 1 }, CLOCK_MS).version).toBe(most);
  });
});

describe("keptMembers", () => {
  const [a, b, c] = ["a:1", "b:1", "c:1"].map((address, index) => ({
    address,
    remainingMs: index + 1,
  }));
  const all = [a, b, c].filter((member) => member !== undefined);

  test("are as many as there is room for, those first that are there for longest", () => {
    expect(keptMembers(all, 3)).toEqual([c, b, a]);
    expect(keptMembers(all, 2)).toEqual([c, b]);
  });

  test("are not those whose time is over", () => {
    expect(keptMembers([...all, { address: "d:1", remainingMs: 0 }], 4)).toEqual([c, b, a]);
  });

  test("have each address once, with its longest time", () => {
    const [first] = keptMembers([{ address: "a:1", remainingMs: 9 }, ...all], 3);
    expect(first).toEqual({ address: "a:1", remainingMs: 9 });
    expect(keptMembers([...all, ...all], 9)).toHaveLength(3);
  });
});
