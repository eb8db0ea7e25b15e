// Asking others for their links and telling ours, by one core with forged peers at its links: how
// often, how many at once, and what comes of it when nobody answers.

import { describe, expect, test } from "vitest";
import { type ForgedPeer, forged, LoneNativeCore } from "../../../test/support/lone-native-core.js";
import { addressOf } from "../../../test/support/native-records.js";
import {
  INQUIRY_LINKS_PER_SECOND,
  LINKS_TOLD_PERIOD_MS,
  MAX_LINK_INQUIRIES,
  MAX_LINKS_TOLD,
} from "./link-inquiries.js";

const TIMEOUT_MS = 5_000;
const LINK = {
  address: addressOf(900),
  isOutbound: true,
  isNeighbour: true,
  roundTripMs: 2,
  silentForMs: 3,
  isLatestProbeTimely: true,
};

/** A core that has links to so many members. */
function linkedTo(count: number): { lone: LoneNativeCore; peers: ForgedPeer[] } {
  const lone = new LoneNativeCore();
  const peers = Array.from({ length: count }, (_, index) => lone.meets(addressOf(index + 2)));
  peers[0]?.tells(...peers.map(({ address }) => forged(address)));
  return { lone, peers };
}

function ask(lone: LoneNativeCore, id: number, address: string, timeoutMs = TIMEOUT_MS): void {
  lone.act((core, now) => core.askLinks(id, address, timeoutMs, now));
}

/** The numbers of the questions that a peer was asked. */
function questionsTo(peer: ForgedPeer | undefined): number[] {
  const frames = peer?.received ?? [];
  return frames.flatMap((frame) => (frame.type === "links-request" ? [frame.seq] : []));
}

function answersTo(peer: ForgedPeer | undefined) {
  const frames = peer?.received ?? [];
  return frames.flatMap((frame) => (frame.type === "links" ? [frame] : []));
}

describe("a peer that is asked", () => {
  test("tells its links, at most once in a while on each link", () => {
    const { lone, peers } = linkedTo(2);
    const [one, other] = peers;
    one?.sends({ type: "links-request", seq: 7 });
    one?.sends({ type: "links-request", seq: 8 });
    other?.sends({ type: "links-request", seq: 9 });
    expect(answersTo(one).map(({ seq }) => seq)).toEqual([7]);
    expect(answersTo(other).map(({ seq }) => seq)).toEqual([9]);
    expect(lone.rejected("frame-too-often")).toBe(1);
    const addresses = answersTo(one)[0]?.links.map(({ address }) => address);
    expect(addresses).toEqual(peers.map(({ address }) => address));

    lone.advance(LINKS_TOLD_PERIOD_MS - 1);
    one?.sends({ type: "links-request", seq: 10 });
    expect(lone.rejected("frame-too-often")).toBe(2);
    lone.advance(1);
    one?.sends({ type: "links-request", seq: 11 });
    expect(answersTo(one).map(({ seq }) => seq)).toEqual([7, 11]);
  });

  test("tells of its neighbours first where it has too many links", () => {
    const { lone, peers } = linkedTo(MAX_LINKS_TOLD + 50);
    peers[0]?.sends({ type: "links-request", seq: 7 });
    const told = answersTo(peers[0])[0]?.links ?? [];
    expect(told).toHaveLength(MAX_LINKS_TOLD);
    const neighbours = new Set(lone.core.neighbours.keys());
    const first = told.slice(0, neighbours.size);
    expect(new Set(first.map(({ address }) => address))).toEqual(neighbours);
  });
});

describe("a peer that asks", () => {
  test("is told what the other says, and one question does for all who ask meanwhile", () => {
    const { lone, peers } = linkedTo(2);
    const [one, other] = peers;
    ask(lone, 1, one?.address ?? "");
    ask(lone, 2, one?.address ?? "");
    const [seq = 0, ...more] = questionsTo(one);
    expect(more).toEqual([]);
    // The word of somebody else, or to another question, is none.
    other?.sends({ type: "links", seq, links: [LINK] });
    one?.sends({ type: "links", seq: seq + 1, links: [LINK] });
    expect(lone.inquiries).toEqual([]);
    one?.sends({ type: "links", seq, links: [LINK] });
    one?.sends({ type: "links", seq, links: [] });
    expect(lone.inquiries).toEqual([
      { type: "links-told", id: 1, links: [LINK] },
      { type: "links-told", id: 2, links: [LINK] },
    ]);
  });

  test("does not ask so often that it would not be answered", () => {
    const { lone, peers } = linkedTo(1);
    const [one] = peers;
    ask(lone, 1, one?.address ?? "");
    one?.sends({ type: "links", seq: questionsTo(one)[0] ?? 0, links: [] });
    ask(lone, 2, one?.address ?? "");
    lone.advance(LINKS_TOLD_PERIOD_MS);
    expect(questionsTo(one)).toHaveLength(1);
    lone.advance(1_000);
    expect(questionsTo(one)).toHaveLength(2);
  });

  test("gives up after the time that each who asks gave it", () => {
    const { lone, peers } = linkedTo(1);
    const address = peers[0]?.address ?? "";
    ask(lone, 1, address, 1_000);
    ask(lone, 2, address, 2_000);
    lone.advance(999);
    expect(lone.inquiries).toEqual([]);
    lone.advance(1);
    expect(lone.inquiries).toEqual([{ type: "links-untold", id: 1, isTimeout: true, reason: "" }]);
    lone.advance(1_000);
    expect(lone.inquiries.map(({ id }) => id)).toEqual([1, 2]);
  });

  test("asks only so many at once, and the next ones as answers come", () => {
    const { lone, peers } = linkedTo(MAX_LINK_INQUIRIES + 3);
    for (const [index, { address }] of peers.entries()) ask(lone, index, address);
    const asked = () => peers.filter((peer) => questionsTo(peer).length > 0);
    expect(asked()).toHaveLength(MAX_LINK_INQUIRIES);
    for (const peer of asked().slice(0, 2)) {
      peer.sends({ type: "links", seq: questionsTo(peer)[0] ?? 0, links: [] });
    }
    expect(asked()).toHaveLength(MAX_LINK_INQUIRIES + 2);
    lone.advance(TIMEOUT_MS);
    expect(lone.inquiries).toHaveLength(peers.length);
    expect(lone.inquiries.filter(({ type }) => type === "links-told")).toHaveLength(2);
  });

  test("opens links for it at a bounded rate", () => {
    const { lone, peers } = linkedTo(1);
    const strangers = Array.from({ length: 200 }, (_, index) => addressOf(100 + index));
    peers[0]?.tells(...strangers.map((address) => forged(address)));
    const before = lone.opened.length;
    // Nobody answers these: each gives its place to the next at its end.
    for (const [index, address] of strangers.entries()) ask(lone, index, address, 10);
    for (let round = 0; round < 10; round += 1) {
      lone.advance(10);
      for (const [index, address] of strangers.entries()) {
        ask(lone, 1_000 * round + index, address, 10);
      }
    }
    const opened = lone.opened.length - before;
    expect(opened).toBeGreaterThanOrEqual(INQUIRY_LINKS_PER_SECOND);
    // Those that the overlay opens meanwhile are among them.
    expect(opened).toBeLessThan(INQUIRY_LINKS_PER_SECOND + 12);
  });

  test("is told at once when the link is gone", () => {
    const { lone, peers } = linkedTo(3);
    const [one] = peers;
    ask(lone, 1, one?.address ?? "");
    one?.sends({ type: "goodbye", reason: "it goes" });
    expect(lone.inquiries).toEqual([
      { type: "links-untold", id: 1, isTimeout: false, reason: "it goes" },
    ]);
  });
});
