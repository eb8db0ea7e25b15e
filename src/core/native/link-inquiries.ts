// Asking another peer for its own links, and telling ours: only while somebody looks, a few at a time,
// and over links that are closed again where there was no other reason for them.

import type { Acquaintances } from "../acquaintances.js";
import { RateLimit } from "../rate-limit.js";
import type { RejectionCounter } from "../rejection.js";
import type { Frame, Links, LinksRequest } from "./frames.js";
import { linkDetails } from "./link-details.js";
import type { LinkState, LinkTable } from "./link-table.js";
import type { LinkInquiryEnded } from "./native-messages.js";
import type { Roster } from "./roster.js";

/** Peers that are asked at once; the others wait for their turn. */
export const MAX_LINK_INQUIRIES = 16;
/** Links opened in a second for the sake of asking, with a burst of as many. */
export const INQUIRY_LINKS_PER_SECOND = 20;
/** The links that one answer tells of, those to neighbours first. */
export const MAX_LINKS_TOLD = 256;
/** On one link an answer is given at most so often, and asked for somewhat more rarely. */
export const LINKS_TOLD_PERIOD_MS = 100;
const LINKS_ASKED_PERIOD_MS = 2 * LINKS_TOLD_PERIOD_MS;

/** What inquiries work on. */
export interface LinkInquiriesContext {
  readonly roster: Roster;
  readonly links: LinkTable;
  readonly acquaintances: Acquaintances;
  readonly rejections: RejectionCounter;
  nextSeq(): number;
  /** The link to that member, opened where there is none. */
  linkTo(address: string, now: number): LinkState | undefined;
  send(link: LinkState, frame: Frame): void;
  close(link: LinkState, reason: string): void;
  onEnded(end: LinkInquiryEnded): void;
}

/** One peer that is asked, or is to be, for all who want to know. */
interface Inquiry {
  readonly address: string;
  /** The deadline of each who wants to know. */
  readonly deadlines: Map<number, number>;
  /** What was sent; undefined while it waits for its turn. */
  sent: SentInquiry | undefined;
}

interface SentInquiry {
  readonly seq: number;
  readonly link: LinkState;
  /** Whether the link was opened for it. */
  readonly isTemporary: boolean;
  readonly atMs: number;
}

/** Asks others for their links, and answers them. */
export class LinkInquiries {
  readonly #context: LinkInquiriesContext;
  readonly #rate: RateLimit;
  /** At most one for each member. */
  readonly #inquiries = new Map<string, Inquiry>();
  #turnAtMs = Number.POSITIVE_INFINITY;

  constructor(context: LinkInquiriesContext, now: number) {
    this.#context = context;
    this.#rate = new RateLimit(INQUIRY_LINKS_PER_SECOND, now);
  }

  /** How many peers are asked, or wait for their turn. */
  get size(): number {
    return this.#inquiries.size;
  }

  /** Asks a member; what comes of it is told under that id. */
  ask(id: number, address: string, timeoutMs: number, now: number): void {
    const inquiry = this.#inquiries.get(address) ?? {
      address,
      deadlines: new Map(),
      sent: undefined,
    };
    inquiry.deadlines.set(id, now + timeoutMs);
    this.#inquiries.set(address, inquiry);
    this.#takeTurns(now);
  }

  /** Another wants to know our links. */
  onRequest(link: LinkState, { seq }: LinksRequest, now: number): void {
    const { roster, links, acquaintances, rejections, send } = this.#context;
    if (now - link.linksToldAtMs < LINKS_TOLD_PERIOD_MS) {
      rejections.add("frame-too-often", link.address ?? "");
      return;
    }
    link.linksToldAtMs = now;
    const details = linkDetails(links, roster, acquaintances, now);
    const told = details.toSorted((a, b) => Number(b.isNeighbour) - Number(a.isNeighbour));
    send(link, { type: "links", seq, links: told.slice(0, MAX_LINKS_TOLD) });
  }

  /** Another told us its links. */
  onLinks(link: LinkState, { seq, links }: Links, now: number): void {
    const inquiry = this.#inquiryOn(link, seq);
    if (inquiry === undefined) return;
    for (const id of inquiry.deadlines.keys())
      this.#context.onEnded({ type: "links-told", id, links });
    this.#end(inquiry);
    this.#takeTurns(now);
  }

  /** What was asked on a link will not be answered. */
  onLinkEnded({ id: linkId }: LinkState, reason: string, now: number): void {
    for (const inquiry of this.#inquiries.values()) {
      if (inquiry.sent?.link.id !== linkId) continue;
      this.#inquiries.delete(inquiry.address);
      this.#fail(inquiry, reason);
    }
    this.#turnAtMs = Math.min(this.#turnAtMs, now);
  }

  onTimeout(now: number): void {
    for (const inquiry of this.#inquiries.values()) {
      for (const [id, deadlineMs] of inquiry.deadlines) {
        if (now < deadlineMs) continue;
        inquiry.deadlines.delete(id);
        this.#context.onEnded({ type: "links-untold", id, isTimeout: true, reason: "" });
      }
      if (inquiry.deadlines.size === 0) this.#end(inquiry);
    }
    if (this.#inquiries.size > 0) this.#takeTurns(now);
  }

  nextAtMs(): number {
    if (this.#inquiries.size === 0) return Number.POSITIVE_INFINITY;
    let nextAtMs = this.#turnAtMs;
    for (const { deadlines } of this.#inquiries.values()) {
      for (const deadlineMs of deadlines.values()) nextAtMs = Math.min(nextAtMs, deadlineMs);
    }
    return nextAtMs;
  }

  /** Asks those whose turn it is. */
  #takeTurns(now: number): void {
    this.#turnAtMs = Number.POSITIVE_INFINITY;
    let asked = 0;
    for (const { sent } of this.#inquiries.values()) if (sent !== undefined) asked += 1;
    for (const inquiry of this.#inquiries.values()) {
      if (asked >= MAX_LINK_INQUIRIES) return;
      if (inquiry.sent !== undefined || !this.#mayAsk(inquiry.address, now)) continue;
      asked += 1;
      this.#send(inquiry, now);
    }
  }

  /** Whether a member can be asked now; where it cannot, notes when. */
  #mayAsk(address: string, now: number): boolean {
    const link = this.#context.links.to(address);
    if (link === undefined) {
      if (this.#rate.take(now)) return true;
      this.#turnAtMs = Math.min(this.#turnAtMs, this.#rate.nextAtMs(now));
      return false;
    }
    const askAtMs = link.linksAskedAtMs + LINKS_ASKED_PERIOD_MS;
    if (now >= askAtMs) return true;
    this.#turnAtMs = Math.min(this.#turnAtMs, askAtMs);
    return false;
  }

  #send(inquiry: Inquiry, now: number): void {
    const { links, linkTo, nextSeq, send } = this.#context;
    const isTemporary = links.to(inquiry.address) === undefined;
    const link = linkTo(inquiry.address, now);
    if (link === undefined) {
      this.#inquiries.delete(inquiry.address);
      return this.#fail(inquiry, "no link to it can be opened at present");
    }
    const seq = nextSeq();
    link.usedAtMs = now;
    link.linksAskedAtMs = now;
    inquiry.sent = { seq, link, isTemporary, atMs: now };
    send(link, { type: "links-request", seq });
  }

  #inquiryOn(link: LinkState, seq: number): Inquiry | undefined {
    const inquiry = this.#inquiries.get(link.address ?? "");
    const sent = inquiry?.sent;
    return sent?.seq === seq && sent.link === link ? inquiry : undefined;
  }

  /** It is over; a link that nobody else has used meanwhile goes with it. */
  #end({ address, sent }: Inquiry): void {
    this.#inquiries.delete(address);
    if (sent === undefined) return;
    const { link, isTemporary, atMs } = sent;
    const isNeeded = link.usedAtMs > atMs || this.#context.roster.neighbours().has(address);
    if (isTemporary && !isNeeded) this.#context.close(link, "no longer needed");
  }

  #fail({ deadlines }: Inquiry, reason: string): void {
    for (const id of deadlines.keys()) {
      this.#context.onEnded({ type: "links-untold", id, isTimeout: false, reason });
    }
  }
}
