// The links to the neighbours: how many are opened in a second, and which of them count.

import { beforeEach, describe, expect, test } from "vitest";
import { addressOf, nativeRecord } from "../../../test/support/native-records.js";
import { seededRandom } from "../../../test/support/seeded-random.js";
import { DEFAULT_LIMITS } from "../limits.js";
import { Calendar } from "./calendar.js";
import { LinkTable } from "./link-table.js";
import { LINK_PATIENCE_MS, NEWCOMER_MS } from "./native-timing.js";
import { Overlay } from "./overlay.js";
import { Roster } from "./roster.js";

const MEMBERS = 4;
/** No newcomer any more. */
const START_MS = NEWCOMER_MS + LINK_PATIENCE_MS;

let roster: Roster;
let opened: string[];
let overlay: Overlay;

beforeEach(() => {
  roster = new Roster({
    own: nativeRecord(addressOf(0)),
    limits: DEFAULT_LIMITS,
    base: undefined,
    onChange: () => {},
  });
  for (let index = 1; index <= MEMBERS; index += 1) roster.merge(nativeRecord(addressOf(index)));
  opened = [];
  overlay = new Overlay(
    {
      roster,
      links: new LinkTable(addressOf(0)),
      calendar: new Calendar(1_000_000, 86_400_000, 0),
      random: seededRandom(1),
      maxFailures: 16,
      open: (address) => void opened.push(address),
    },
    0,
  );
  overlay.maintain(START_MS);
});

/** The one that was opened last, when no other was. */
function theOpened(): string {
  const [address, ...others] = opened.splice(0);
  expect(others).toEqual([]);
  if (address === undefined) throw new Error("no link was opened");
  return address;
}

describe("one link a second", () => {
  test("is opened, however many are missing", () => {
    theOpened();
    overlay.maintain(START_MS + 999);
    expect(opened).toEqual([]);
    overlay.maintain(START_MS + 1_000);
    theOpened();
  });

  test("does not count one to a member that then is suspected, or goes", () => {
    roster.setSuspected(theOpened(), true);
    overlay.maintain(START_MS + 1);
    roster.merge(nativeRecord(theOpened(), { verdict: "failed", expiresAt: 10_000 }));
    overlay.maintain(START_MS + 2);
    theOpened();
  });

  test("counts one that was linked, whatever becomes of that member", () => {
    const address = theOpened();
    overlay.onLinked(address);
    roster.setSuspected(address, true);
    overlay.maintain(START_MS + 1);
    expect(opened).toEqual([]);
  });
});
