// Which links are closed, and by whom: at the limit of each patience, and one millisecond past it.

import { describe, expect, test } from "vitest";
import { addressOf } from "../../../test/support/native-records.js";
import { careFor } from "./link-care.js";
import { type LinkState, LinkTable } from "./link-table.js";
import { IDLE_LINK_MS, LINK_PATIENCE_MS, STALE_LINK_MS } from "./native-timing.js";

const [OWN, BOB] = [addressOf(1), addressOf(2)];
/** An address before ours: of two links between us, the one that it opened is kept. */
const ABEL = addressOf(0);
const KEEP = { type: "keep" };

function tableWith(address: string, isOutbound: boolean): { links: LinkTable; link: LinkState } {
  const links = new LinkTable(OWN, 16);
  const link = isOutbound ? links.addOutbound(address, 0) : links.addInbound(-1, 0);
  links.setReady(link, address, 1);
  return { links, link };
}

function context(links: LinkTable, neighbours: readonly string[] = [], isForSeed = false) {
  return {
    links,
    neighbours: new Set(neighbours),
    pingPeriodMs: 1_000,
    isForSeed: () => isForSeed,
  };
}

describe("a link", () => {
  test("that we opened to no neighbour is closed once it was unused for long", () => {
    const { links, link } = tableWith(BOB, true);
    expect(careFor(link, context(links), IDLE_LINK_MS)).toEqual(KEEP);
    expect(careFor(link, context(links), IDLE_LINK_MS + 1)).toEqual({
      type: "close",
      reason: "no longer needed",
    });
    expect(careFor(link, context(links, [BOB]), IDLE_LINK_MS + 1)).toEqual(KEEP);
  });

  test("that the other opened is theirs to close", () => {
    const { links, link } = tableWith(BOB, false);
    expect(careFor(link, context(links), IDLE_LINK_MS + 1)).toEqual(KEEP);
  });

  test("on which nothing comes for long is closed by either side", () => {
    for (const isOutbound of [true, false]) {
      const { links, link } = tableWith(BOB, isOutbound);
      const at = context(links, [BOB]);
      expect(careFor(link, at, STALE_LINK_MS)).toEqual(KEEP);
      expect(careFor(link, at, STALE_LINK_MS + 1).type).toBe("close");
    }
  });

  test("without a hello is refused after its time", () => {
    const links = new LinkTable(OWN, 16);
    const link = links.addInbound(-1, 0);
    expect(careFor(link, context(links), IDLE_LINK_MS)).toEqual(KEEP);
    expect(careFor(link, context(links), IDLE_LINK_MS + 1).type).toBe("refuse");
  });

  test("that is the second of a pair is closed, unless a seed is still to answer on it", () => {
    const { links, link } = tableWith(ABEL, true);
    links.setReady(links.addInbound(-1, 0), ABEL, 1);
    const at = context(links, [ABEL]);
    expect(links.isSuperfluous(link)).toBe(true);
    expect(careFor(link, at, LINK_PATIENCE_MS)).toEqual(KEEP);
    expect(careFor(link, at, LINK_PATIENCE_MS + 1).type).toBe("close");
    expect(careFor(link, context(links, [ABEL], true), LINK_PATIENCE_MS + 1)).toEqual(KEEP);
  });
});
