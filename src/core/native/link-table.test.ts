// The links of a peer: found by whom they lead to, and of two between one pair both ends use the
// same one.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addressOf } from "../../../test/support/native-records.js";
import { LinkTable } from "./link-table.js";

const [OWN, BOB, CAROL] = [addressOf(1), addressOf(2), addressOf(3)];
/** An address before ours: whom a link belongs to that both could have opened. */
const ABEL = addressOf(0);

describe("a link", () => {
  test("that we open leads to whom we dialled, and is ready when they said hello", () => {
    const links = new LinkTable(OWN, 16);
    const link = links.addOutbound(BOB, 5);
    expect(link).toMatchObject({ isOutbound: true, address: BOB, isReady: false, openedAtMs: 5 });
    expect(link.id).toBeGreaterThan(0);
    expect(links.to(BOB)).toBe(link);
    expect(links.readyTo(BOB)).toBeUndefined();
    links.setReady(link, BOB, 1);
    expect(links.readyTo(BOB)).toBe(link);
    expect(links.addOutbound(BOB, 6).id).not.toBe(link.id);
  });

  test("that another opens leads to nobody before its hello", () => {
    const links = new LinkTable(OWN, 16);
    const link = links.addInbound(-1, 5);
    expect(link).toMatchObject({ id: -1, isOutbound: false, address: undefined });
    expect(links.to(BOB)).toBeUndefined();
    expect(links.isSuperfluous(link)).toBe(false);
    links.setReady(link, BOB, 1);
    expect(links.readyTo(BOB)).toBe(link);
  });

  test("leads to whoever says hello, and not to the alias that was dialled", () => {
    const links = new LinkTable(OWN, 16);
    const link = links.addOutbound("seed.example:7946", 5);
    links.setReady(link, BOB, 1);
    expect(links.to("seed.example:7946")).toBeUndefined();
    expect(links.to(BOB)).toBe(link);
    expect(links.delete(link.id)).toBe(link);
    expect(links.to(BOB)).toBeUndefined();
  });

  test("that is deleted is gone, once", () => {
    const links = new LinkTable(OWN, 16);
    const [one, two] = [links.addOutbound(BOB, 5), links.addOutbound(BOB, 6)];
    expect([...links.values()]).toEqual([one, two]);
    expect(links.delete(two.id)).toBe(two);
    expect(links.delete(two.id)).toBeUndefined();
    expect([links.size, links.get(two.id), links.get(one.id)]).toEqual([1, undefined, one]);
    expect(links.to(BOB)).toBe(one);
  });
});

describe("of several links to one member", () => {
  test("those to a process of before are told apart", () => {
    const links = new LinkTable(OWN, 16);
    const [former, opening] = [links.addInbound(-1, 5), links.addOutbound(BOB, 6)];
    const other = links.addInbound(-2, 7);
    links.setReady(former, BOB, 1);
    links.setReady(other, ABEL, 1);
    expect(links.readyBefore(BOB, 2)).toEqual([former]);
    expect(links.readyBefore(BOB, 1)).toEqual([]);
    links.setReady(opening, BOB, 2);
    expect(links.readyBefore(BOB, 2)).toEqual([former]);
  });

  test("a ready one is used, and then the one that the smaller id opened", () => {
    const links = new LinkTable(OWN, 16);
    const opened = links.addOutbound(BOB, 5);
    const accepted = links.addInbound(-1, 6);
    links.setReady(accepted, BOB, 1);
    expect(links.to(BOB)).toBe(accepted);
    expect(links.isSuperfluous(accepted)).toBe(false);
    // Not ready yet: it may still fail.
    expect(links.isSuperfluous(opened)).toBe(false);
    links.setReady(opened, BOB, 1);
    expect(links.to(BOB)).toBe(opened);
    expect([links.isSuperfluous(opened), links.isSuperfluous(accepted)]).toEqual([false, true]);
  });

  test("that of the other side is used when its id is the smaller one", () => {
    const links = new LinkTable(OWN, 16);
    const accepted = links.addInbound(-1, 5);
    const opened = links.addOutbound(ABEL, 6);
    links.setReady(accepted, ABEL, 1);
    links.setReady(opened, ABEL, 1);
    expect(links.to(ABEL)).toBe(accepted);
    expect(links.isSuperfluous(opened)).toBe(true);
  });

  test("of two that one side opened the newer is used: the older may be dead", () => {
    const links = new LinkTable(OWN, 16);
    for (const openedAtMs of [5, 9, 7]) links.setReady(links.addOutbound(BOB, openedAtMs), BOB, 1);
    expect(links.to(BOB)?.openedAtMs).toBe(9);
  });

  test("those to others do not count", () => {
    const links = new LinkTable(OWN, 16);
    const [toBob, toCarol] = [links.addOutbound(BOB, 5), links.addOutbound(CAROL, 5)];
    links.setReady(toBob, BOB, 1);
    links.setReady(toCarol, CAROL, 1);
    expect([links.isSuperfluous(toBob), links.isSuperfluous(toCarol)]).toEqual([false, false]);
  });
});

test("a link on which two probes in a row were not answered hangs: another is used", () => {
  const links = new LinkTable(OWN, 16);
  const [opened, accepted] = [links.addOutbound(BOB, 5), links.addInbound(-1, 6)];
  links.setReady(opened, BOB, 1);
  links.setReady(accepted, BOB, 1);
  opened.missed = 2;
  expect(links.readyTo(BOB)).toBe(accepted);
  expect(links.isSuperfluous(accepted)).toBe(false);
  accepted.missed = 2;
  expect(links.to(BOB)).toBe(opened);
  expect(links.readyTo(BOB)).toBeUndefined();
  // None is closed for the sake of one that hangs itself.
  expect([links.isSuperfluous(opened), links.isSuperfluous(accepted)]).toEqual([false, false]);
});

test("a link on which a probe was not answered is used only where the other has missed one too", () => {
  const links = new LinkTable(OWN, 16);
  const [opened, accepted] = [links.addOutbound(BOB, 5), links.addInbound(-1, 6)];
  links.setReady(opened, BOB, 1);
  links.setReady(accepted, BOB, 1);
  expect(links.readyTo(BOB)).toBe(opened);
  opened.missed = 1;
  expect(links.readyTo(BOB)).toBe(accepted);
  accepted.missed = 1;
  expect(links.readyTo(BOB)).toBe(opened);
});

test("a link is being opened until it is ready", () => {
  const links = new LinkTable(OWN, 16);
  links.addInbound(-1, 6);
  expect(links.isOpening(BOB)).toBe(false);
  const opened = links.addOutbound(BOB, 5);
  expect(links.isOpening(BOB)).toBe(true);
  links.setReady(opened, BOB, 1);
  expect(links.isOpening(BOB)).toBe(false);
});

test("it is full with as many links as there may be, and names each member once", () => {
  const links = new LinkTable(OWN, 3);
  const [one, two] = [links.addOutbound(BOB, 5), links.addInbound(-1, 6)];
  links.setReady(one, BOB, 1);
  links.setReady(two, BOB, 1);
  expect(links.isFull).toBe(false);
  const third = links.addOutbound(CAROL, 7);
  expect([links.isFull, links.readyAddresses()]).toEqual([true, [BOB]]);
  links.setReady(third, CAROL, 1);
  expect(links.readyAddresses()).toEqual([BOB, CAROL]);
  links.delete(one.id);
  expect(links.isFull).toBe(false);
});

test("both ends use the same of their links, in whatever order each is there", () => {
  // Each link: which of the two opened it. Opened one after another, and ready in any order.
  const openers = fc.array(fc.boolean(), { minLength: 1, maxLength: 5 });
  const scenario = openers.chain((list) => {
    const order = fc.shuffledSubarray([...list.keys()], { minLength: list.length });
    return fc.tuple(fc.constant(list), order, order);
  });
  fc.assert(
    fc.property(scenario, ([list, ownOrder, theirOrder]) => {
      const [own, theirs] = [new LinkTable(OWN, 16), new LinkTable(BOB, 16)];
      const links = list.map((isOurs, index) =>
        isOurs
          ? ([own.addOutbound(BOB, index), theirs.addInbound(-1 - index, index)] as const)
          : ([own.addInbound(-1 - index, index), theirs.addOutbound(OWN, index)] as const),
      );
      for (const index of ownOrder) own.setReady(links[index]?.[0] ?? never(), BOB, 1);
      for (const index of theirOrder) theirs.setReady(links[index]?.[1] ?? never(), OWN, 1);
      const used = own.to(BOB);
      expect(used).toBeDefined();
      const place = links.findIndex(([ours]) => ours === used);
      expect(theirs.to(OWN)).toBe(links[place]?.[1]);
      const kept = links.filter(([ours]) => !own.isSuperfluous(ours));
      expect(kept).toEqual([links[place]]);
    }),
  );
});

function never(): never {
  throw new Error("there is no such link");
}
