// How much one link may ask in a second.

import { expect, test } from "vitest";
import { RequestRates } from "./request-rates.js";

const NOW = 1_000;

function taken(rates: RequestRates, linkId: number, records: number, now: number): number {
  let count = 0;
  while (count < 1_000 && rates.take(linkId, records, now)) count += 1;
  return count;
}

test("each link may ask so often in a second, with a burst of as many", () => {
  const rates = new RequestRates(50);
  expect(taken(rates, 1, 0, NOW)).toBe(50);
  expect(taken(rates, 2, 0, NOW)).toBe(50);
  expect(taken(rates, 1, 0, NOW + 100)).toBe(5);
});

test("a pass over more records counts for more", () => {
  expect(taken(new RequestRates(50), 1, 100, NOW)).toBe(50);
  expect(taken(new RequestRates(50), 1, 1_000, NOW)).toBe(5);
});

test("a link of that number that comes later begins anew", () => {
  const rates = new RequestRates(50);
  taken(rates, 1, 0, NOW);
  rates.delete(1);
  expect(taken(rates, 1, 0, NOW)).toBe(50);
});
