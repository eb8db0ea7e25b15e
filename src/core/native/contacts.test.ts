// Whose turn it is: an exchange that the other began counts as well, and not for ever.

import { expect, test } from "vitest";
import { nativeRecord } from "../../../test/support/native-records.js";
import { DEFAULT_LIMITS } from "../limits.js";
import { Contacts } from "./contacts.js";
import { Prober } from "./prober.js";
import { Roster } from "./roster.js";

const ME = "10.0.0.1:7946";
const OTHERS = ["10.0.0.2:7946", "10.0.0.3:7946", "10.0.0.4:7946", "10.0.0.5:7946"] as const;
const [FIRST] = OTHERS;
const PERIOD_MS = 1_000;
const ROUND_MS = OTHERS.length * PERIOD_MS;
const START_MS = 123_456;

/** A peer that was answered by all its neighbours at the start. */
function contacts(): Contacts {
  const roster = new Roster({ own: nativeRecord(ME), limits: DEFAULT_LIMITS, onChange: () => {} });
  for (const address of OTHERS) roster.merge(nativeRecord(address));
  const made = new Contacts(roster, new Prober());
  for (const address of OTHERS) made.onAnswered(address, START_MS);
  return made;
}

/** Somebody who is no neighbour answers, so that only the turns of the neighbours are looked at. */
function due(made: Contacts, afterMs: number): string | undefined {
  made.onAnswered("10.0.9.9:7946", START_MS + afterMs);
  return made.dueNeighbour(PERIOD_MS, START_MS + afterMs);
}

test("nobody is due before as many periods have passed as there are neighbours", () => {
  expect(due(contacts(), ROUND_MS - PERIOD_MS)).toBeUndefined();
  expect(due(contacts(), ROUND_MS)).toBe(FIRST);
});

test("who began an exchange with us is due a round after it", () => {
  const made = contacts();
  for (const address of OTHERS) made.onBegun(address, START_MS + PERIOD_MS);
  expect(due(made, ROUND_MS)).toBeUndefined();
  expect(due(made, ROUND_MS + PERIOD_MS)).toBe(FIRST);
});

test("who never answers us is due, however often it begins an exchange", () => {
  const made = contacts();
  for (let afterMs = 0; afterMs <= 2 * ROUND_MS; afterMs += PERIOD_MS) {
    for (const address of OTHERS) made.onBegun(address, START_MS + afterMs);
  }
  expect(due(made, 2 * ROUND_MS)).toBeUndefined();
  expect(due(made, 2 * ROUND_MS + 1)).toBe(FIRST);
});

test("while nobody answers us, somebody is due each period", () => {
  const made = contacts();
  const afterMs = 1.5 * PERIOD_MS;
  expect(made.dueNeighbour(PERIOD_MS, START_MS + afterMs)).toBeUndefined();
  expect(made.dueNeighbour(PERIOD_MS, START_MS + afterMs + 1)).toBe(FIRST);
});
