// Our own leaving: it ends once all have heard of it, or when its time is over.

import { describe, expect, test } from "vitest";
import { Departure, type DepartureEnd } from "./departure.js";

const [ONE, TWO] = ["10.0.0.1:7946", "10.0.0.2:7946"];

function departure(): { readonly leaving: Departure; readonly ends: DepartureEnd[] } {
  const ends: DepartureEnd[] = [];
  return { leaving: new Departure((end) => void ends.push(end)), ends };
}

describe("a departure", () => {
  test("ends once each has answered what was asked after it was told", () => {
    const { leaving, ends } = departure();
    leaving.begin([ONE, TWO], 7, 5_000);
    leaving.onAnswered(ONE, 8);
    expect(leaving.hasEnded).toBe(false);
    leaving.onAnswered(TWO, 9);
    expect(ends).toEqual([{ told: 2, untold: 0 }]);
  });

  test("does not take the answer to an earlier question for a sign that it was heard", () => {
    const { leaving, ends } = departure();
    leaving.begin([ONE], 7, 5_000);
    leaving.onAnswered(ONE, 7);
    expect(ends).toEqual([]);
    leaving.onTimeout(5_000);
    expect(ends).toEqual([{ told: 0, untold: 1 }]);
  });

  test("does not wait for one that goes too, and does not count it as told", () => {
    const { leaving, ends } = departure();
    leaving.begin([ONE, TWO], 7, 5_000);
    leaving.onGone(ONE);
    leaving.onAnswered(TWO, 9);
    expect(ends).toEqual([{ told: 1, untold: 0 }]);
    leaving.onGone(TWO);
    expect(ends).toHaveLength(1);
  });

  test("ends at once where there is nobody to be told, and only once", () => {
    const { leaving, ends } = departure();
    leaving.begin([], 7, 5_000);
    leaving.onTimeout(5_000);
    expect(ends).toEqual([{ told: 0, untold: 0 }]);
  });
});
