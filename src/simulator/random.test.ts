// The generator of a simulation: the same numbers for the same seed on every machine, and a fork of
// its own for each purpose.

import { describe, expect, test } from "vitest";
import { forkRandom, seededRandom } from "./random.js";

/** The first numbers of a generator, as whole numbers of 32 bits. */
function firstOf(random: () => number, count = 4): number[] {
  return Array.from({ length: count }, () => random() * 2 ** 32);
}

describe("a seeded generator", () => {
  // Whatever changes these changes every run: the seeds of all bugs found so far with it.
  test.each([
    [0, [2_297_102_522, 4_242_804_496, 2_805_528_058, 609_994_695]],
    [1, [1_704_185_757, 3_549_877_329, 3_556_786_932, 2_704_429_714]],
    [42, [2_993_059_876, 2_683_266_877, 3_613_609_488, 3_520_258_888]],
    [2 ** 32 - 1, [3_240_246_452, 4_089_104_773, 320_396_649, 4_217_637_114]],
    [2 ** 40 + 5, [1_372_507_453, 3_251_135_920, 1_810_952_186, 126_498_452]],
  ])("gives for seed %d the numbers that it always gave", (seed, numbers) => {
    expect(firstOf(seededRandom(seed))).toEqual(numbers);
  });

  test("gives numbers from 0 to below 1, evenly spread", () => {
    const random = seededRandom(7);
    const tenths = new Array<number>(10).fill(0);
    for (let draw = 0; draw < 100_000; draw += 1) {
      const number = random();
      if (number < 0 || number >= 1) expect.fail(`${number} is not from 0 to below 1`);
      const tenth = Math.floor(number * 10);
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
    }
    // 10,000 each, with a standard deviation of 95.
    for (const count of tenths) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  });

  test("gives nearby seeds nothing in common", () => {
    const first = Array.from({ length: 1_000 }, (_, seed) => seededRandom(seed)());
    expect(new Set(first).size).toBe(1_000);
    let below = 0;
    for (const number of first) if (number < 0.5) below += 1;
    expect(Math.abs(below - 500)).toBeLessThan(80);
  });
});

describe("a fork", () => {
  test.each([
    [42, "network", [573_194_946, 1_938_393_531, 1_471_590_996, 736_051_639]],
    [42, "faults", [3_793_547_197, 3_441_119_696, 2_571_128_351, 480_116_347]],
    [0, "", [92_666_561, 1_691_257_186, 3_098_978_011, 1_988_692_565]],
  ])(
    "gives for seed %d and purpose '%s' the numbers that it always gave",
    (seed, purpose, numbers) => {
      expect(firstOf(forkRandom(seed, purpose))).toEqual(numbers);
    },
  );

  test("gives the same however much is drawn from another fork of the seed", () => {
    const alone = firstOf(forkRandom(42, "network"));
    const other = forkRandom(42, "faults");
    for (let draw = 0; draw < 1_000; draw += 1) other();
    expect(firstOf(forkRandom(42, "network"))).toEqual(alone);
  });

  test("differs from the forks for other purposes and of other seeds", () => {
    const streams = new Set<string>();
    for (let seed = 0; seed < 20; seed += 1) {
      for (let index = 0; index < 100; index += 1) {
        streams.add(firstOf(forkRandom(seed, `10.0.0.${index}:7946 life 1`), 2).join());
      }
    }
    expect(streams.size).toBe(2_000);
  });

  test("is one of so many that 100,000 processes of one seed have none in common", () => {
    // Among 2^40 states, 100,000 forks would hardly meet; among 2^20 thousands do.
    const streams = new Set<string>();
    for (let index = 0; index < 100_000; index += 1) {
      const address = `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}:7946`;
      streams.add(firstOf(forkRandom(42, `${address} life 1`), 2).join());
    }
    expect(streams.size).toBe(100_000);
  });

  test.each([
    ["the seed", (bit: number) => forkRandom(42 ^ (1 << bit), "network"), 16],
    ["the seed's high word", (bit: number) => forkRandom(42 + 2 ** (32 + bit), "network"), 16],
    ["the purpose", (bit: number) => forkRandom(42, `networ${letter(bit)}`), 7],
  ] as const)("changes half of all bits with one bit of %s", (_name, forkWith, bits) => {
    const draws = 64;
    const before = firstOf(forkRandom(42, "network"), draws);
    for (let bit = 0; bit < bits; bit += 1) {
      const after = firstOf(forkWith(bit), draws);
      const changed = after.reduce((sum, word, index) => sum + bitsOf(word ^ at(before, index)), 0);
      // Of 2,048 bits, with a standard deviation of 23.
      expect(Math.abs(changed - 1_024)).toBeLessThan(140);
    }
  });
});

/** The last letter of "network" with one bit of it flipped. */
function letter(bit: number): string {
  return String.fromCharCode("k".charCodeAt(0) ^ (1 << bit));
}

function at(numbers: readonly number[], index: number): number {
  return numbers[index] ?? expect.fail(`there is no number ${index}`);
}

/** How many bits of a word are set. */
function bitsOf(word: number): number {
  let count = 0;
  for (let rest = word >>> 0; rest > 0; rest = Math.floor(rest / 2)) count += rest % 2;
  return count;
}
