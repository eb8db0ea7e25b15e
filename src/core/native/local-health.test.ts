// A peer's health: worse with each fault, better with each answer in time, within its two ends.

import { expect, test } from "vitest";
import { LocalHealth } from "./local-health.js";

test("is good at first, and its timers are trusted as they are", () => {
  const health = new LocalHealth();
  expect([health.score, health.factor]).toEqual([0, 1]);
  health.onTimely();
  expect([health.score, health.factor]).toEqual([0, 1]);
});

test("gets worse by a step with each fault, and better by a step with each answer", () => {
  const health = new LocalHealth();
  health.onOwnFault();
  health.onOwnFault();
  expect([health.score, health.factor]).toEqual([2, 3]);
  health.onTimely();
  expect([health.score, health.factor]).toEqual([1, 2]);
});

test("is not worse than the worst, so that as many answers cure it", () => {
  const health = new LocalHealth();
  for (let fault = 0; fault < 100; fault += 1) health.onOwnFault();
  expect([health.score, health.factor]).toEqual([8, 9]);
  for (let answer = 0; answer < 8; answer += 1) health.onTimely();
  expect(health.score).toBe(0);
});
