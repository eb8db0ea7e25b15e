// The sketch: enough symbols give the difference of two sets and nothing else, too few give nothing,
// and what is forged neither loops nor throws.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../../../test/support/seeded-random.js";
import type { Random } from "../random.js";
import {
  type CodedSymbol,
  checkOf,
  type Difference,
  differenceOf,
  Sketch,
  type SketchItem,
} from "./sketch.js";

function itemOf(high: number, low: number): SketchItem {
  return { high, low, check: checkOf(high, low) };
}

function randomItems(count: number, random: Random): SketchItem[] {
  const word = () => Math.floor(random() * 2 ** 32) | 0;
  return Array.from({ length: count }, () => itemOf(word(), word()));
}

function sketchOf(items: Iterable<SketchItem>, length: number): Sketch {
  const sketch = new Sketch(length);
  for (const item of items) sketch.add(item);
  return sketch;
}

function namesOf(items: readonly SketchItem[]): string[] {
  return items.map(({ high, low, check }) => `${high}:${low}:${check}`).sort();
}

function decode(
  ours: readonly SketchItem[],
  theirs: readonly SketchItem[],
  length: number,
): Difference | undefined {
  return differenceOf(sketchOf(ours, length).symbols, sketchOf(theirs, length).symbols);
}

/** The fewest symbols that give a difference of so many. */
function symbolsNeeded(difference: number, random: Random): number {
  const items = randomItems(difference, random);
  const half = items.splice(0, difference >> 1);
  const longest = 4 * difference + 64;
  const [ours, theirs] = [sketchOf(half, longest), sketchOf(items, longest)];
  let length = 1;
  while (
    differenceOf(ours.symbols.slice(0, length), theirs.symbols.slice(0, length)) === undefined
  ) {
    if (length === longest) throw new Error(`${longest} symbols are too few for ${difference}`);
    length += 1;
  }
  return length;
}

const words = fc.oneof(fc.constantFrom(0, 1, -1), fc.integer());
const items = fc.tuple(words, words).map(([high, low]) => itemOf(high, low));
const sets = fc.uniqueArray(items, {
  selector: ({ high, low }) => `${high}:${low}`,
  maxLength: 60,
});

describe("enough symbols", () => {
  test("give what only one of two sets holds, however much both hold", () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(60), fc.nat(60), fc.nat(3_000), (seed, some, more, shared) => {
        const all = randomItems(60, seededRandom(seed));
        const both = randomItems(shared, seededRandom(~seed));
        const [begin, end] = [Math.min(some, more), Math.max(some, more)];
        const [ours, theirs] = [all.slice(0, end), all.slice(begin)];
        const difference = decode([...both, ...ours], [...theirs, ...both], 256);
        if (difference === undefined) throw new Error("256 symbols are too few for 60");
        expect(namesOf(difference.ours)).toEqual(namesOf(all.slice(0, begin)));
        expect(namesOf(difference.theirs)).toEqual(namesOf(all.slice(end)));
      }),
      { numRuns: 60 },
    );
  });

  test("of equal sets give that nothing differs, and one symbol is enough of them", () => {
    const both = randomItems(1_000, seededRandom(1));
    expect(decode(both, both.toReversed(), 1)).toEqual({ ours: [], theirs: [] });
    expect(decode([], [], 64)).toEqual({ ours: [], theirs: [] });
  });

  test("may be more on one side: as many as both have are compared", () => {
    const [one, two] = randomItems(2, seededRandom(2));
    if (one === undefined || two === undefined) throw new Error("there are two");
    const difference = differenceOf(sketchOf([one], 8).symbols, sketchOf([two], 64).symbols);
    expect(difference).toEqual({ ours: [one], theirs: [two] });
  });
});

test("too few symbols give nothing, rather than a part", () => {
  const random = seededRandom(3);
  for (let round = 0; round < 100; round += 1) {
    const ours = randomItems(100, random);
    const difference = decode(ours, [], 64);
    // Each symbol gives at most one.
    expect(difference).toBeUndefined();
  }
});

test("a symbol is one of any longer sketch too", () => {
  const set = randomItems(200, seededRandom(4));
  const long = sketchOf(set, 512).symbols;
  for (const length of [1, 2, 63, 64, 500]) {
    expect(sketchOf(set, length).symbols).toEqual(long.slice(0, length));
  }
});

test("what was added and taken out again leaves no trace, and sketches add up", () => {
  fc.assert(
    fc.property(sets, sets, (stay, go) => {
      const sketch = sketchOf(go, 64);
      sketch.addSketch(sketchOf(stay, 64));
      for (const item of go) sketch.subtract(item);
      expect(sketch.symbols).toEqual(sketchOf(stay, 64).symbols);
    }),
  );
});

// Measured over hundreds to thousands of differences of each size, 99 of 100 take at most 1, 10, 32,
// 70, 171 and 471 symbols. A changed record is two elements: as it was, and as it is.
test.each([
  [1, 1, 1],
  [2, 3, 20],
  [10, 16, 40],
  [30, 46, 80],
  [100, 144, 190],
  [300, 422, 490],
])(
  "a difference of %i takes some %i symbols, and hardly ever more than %i",
  (size, typical, most) => {
    const random = seededRandom(size);
    const needed = Array.from({ length: 200 }, () => symbolsNeeded(size, random)).sort(
      (a, b) => a - b,
    );
    const median = needed[100] ?? 0;
    expect(median).toBeGreaterThanOrEqual(0.9 * typical);
    expect(median).toBeLessThanOrEqual(1.1 * typical);
    expect(needed[197]).toBeLessThanOrEqual(most);
  },
);

describe("a forged sketch", () => {
  const forged: fc.Arbitrary<CodedSymbol> = fc.oneof(
    fc.record({ high: words, low: words, check: words, count: words }),
    // Looks as if it held one element: what the decoder acts upon.
    fc.tuple(items, fc.constantFrom(1, -1)).map(([item, count]) => ({ ...item, count })),
  );

  test("neither loops nor throws, and gives no more elements than it has symbols", () => {
    fc.assert(
      fc.property(sets, fc.array(forged, { maxLength: 128 }), (ours, symbols) => {
        const difference = differenceOf(sketchOf(ours, symbols.length).symbols, symbols);
        if (difference === undefined) return;
        const found = difference.ours.length + difference.theirs.length;
        expect(found).toBeLessThanOrEqual(symbols.length);
      }),
      { numRuns: 500 },
    );
  });

  test("that gives one element again and again comes to an end", () => {
    const item = itemOf(5, 7);
    const symbols = Array.from({ length: 64 }, () => ({ ...item, count: 1 }));
    expect(differenceOf(symbols, new Sketch(64).symbols)).toBeUndefined();
  });

  test("whose one element is not where it belongs is not believed", () => {
    const item = itemOf(5, 7);
    const symbols = sketchOf([item], 64).symbols.map((symbol) => ({ ...symbol }));
    const empty = symbols.find(({ count }) => count === 0);
    if (empty === undefined) throw new Error("an element is in few symbols");
    Object.assign(empty, item, { count: 1 });
    expect(differenceOf(symbols, new Sketch(64).symbols)).toBeUndefined();
  });

  test("whose check is wrong gives nothing", () => {
    const symbols = sketchOf([itemOf(5, 7)], 64).symbols.map((symbol) => ({
      ...symbol,
      check: symbol.check ^ 1,
    }));
    expect(differenceOf(symbols, new Sketch(64).symbols)).toBeUndefined();
  });
});
