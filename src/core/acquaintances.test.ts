// What a peer notes of each member for itself: times and answers, and that the gone are forgotten.

import { expect, test } from "vitest";
import { Acquaintances } from "./acquaintances.js";

const A = "10.0.0.1:7946";
const B = "10.0.0.2:7946";

test("who was there from the beginning is known since then", () => {
  expect(new Acquaintances(7).of(A)).toEqual({
    knownSinceMs: 7,
    changedAtMs: 7,
    roundTripMs: undefined,
    isLatestTimely: undefined,
  });
});

test("a newcomer is known since it came, and what is learnt later is a change", () => {
  const known = new Acquaintances(0);
  known.onChange(A, false, true, 10);
  known.onChange(A, true, true, 15);
  known.onChange(B, true, true, 20);
  expect(known.of(A)).toMatchObject({ knownSinceMs: 10, changedAtMs: 15 });
  expect(known.of(B)).toMatchObject({ knownSinceMs: 0, changedAtMs: 20 });
});

test("who was a member before, and not in between, is known anew", () => {
  const known = new Acquaintances(0);
  known.onChange(A, false, true, 10);
  known.onAnswered(A, 3, true);
  known.onChange(A, true, false, 20);
  known.onChange(A, false, true, 30);
  expect(known.of(A)).toMatchObject({ knownSinceMs: 30, roundTripMs: undefined });
});

test("the latest answer counts; what was not measured leaves the round trip as it was", () => {
  const known = new Acquaintances(0);
  known.onAnswered(A, 3, true);
  known.onAnswered(A, undefined, true);
  expect(known.of(A)).toMatchObject({ roundTripMs: 3, isLatestTimely: true });
  known.onAnswered(A, 900, false);
  expect(known.of(A)).toMatchObject({ roundTripMs: 900, isLatestTimely: false });
  known.onAnswered(A, 4, true);
  known.onMissed(A);
  expect(known.of(A)).toMatchObject({ roundTripMs: 4, isLatestTimely: false });
  expect(known.roundTrips.figures).toMatchObject({ count: 3, sumMs: 907 });
});

test("who is no member any more is forgotten, and the others are not", () => {
  const known = new Acquaintances(0);
  known.onAnswered(A, 3, true);
  known.onAnswered(B, 4, true);
  known.prune((address) => address === B);
  expect([known.of(A).roundTripMs, known.of(B).roundTripMs]).toEqual([undefined, 4]);
});
