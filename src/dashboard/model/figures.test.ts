import { expect, test } from "vitest";
import { figure, means, rates, type Sample, values } from "./figures.js";

const sample = (atMs: number, figures: Record<string, number>): Sample => ({ atMs, figures });

test("a figure of many parts is their sum", () => {
  const one = sample(0, { "bytes.x": 1, "bytes.y": 2, bytesOut: 4, whole: 3 });
  expect(figure(one, "bytes")).toBe(3);
  expect(figure(one, "whole")).toBe(3);
  expect(figure(one, "missing")).toBeUndefined();
});

test("a rate is the rise a second, and not known after a fall", () => {
  const run = [sample(0, { n: 10 }), sample(2_000, { n: 14 }), sample(4_000, { n: 3 })];
  expect(rates(run, "n")).toEqual([null, 2, null]);
});

test("a mean is the rise of the sum for each one counted, and not known where none was", () => {
  const run = [
    sample(0, { sum: 1, count: 1 }),
    sample(2_000, { sum: 4, count: 3 }),
    sample(4_000, { sum: 4, count: 3 }),
  ];
  expect(means(run, "sum", "count")).toEqual([null, 1.5, null]);
});

test("a value that is not there is null", () => {
  expect(values([sample(0, {}), sample(1, { n: 0 })], "n")).toEqual([null, 0]);
});
