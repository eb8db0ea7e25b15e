// One core of the native protocol with made-up time and seeded chance, and forged peers at the other
// ends of its links: frames are handed in, and what the core does is taken out.

import { DEFAULT_LIMITS, type Limits } from "../../src/core/limits.js";
import type { MemberEvent } from "../../src/core/member.js";
import type { Frame } from "../../src/core/native/frames.js";
import type { MemberRecord } from "../../src/core/native/member-record.js";
import { NativeCore } from "../../src/core/native/native-core.js";
import type {
  LinkInquiryEnded,
  NativeEffect,
  NativeInput,
} from "../../src/core/native/native-messages.js";
import { wholeRecord } from "../../src/core/native/own-member.js";
import type { RosterChange } from "../../src/core/native/roster.js";
import type { Rejection, RejectionReason } from "../../src/core/rejection.js";
import { DEFAULT_TIMING, type Timing } from "../../src/core/timing.js";
import { seededRandom } from "./seeded-random.js";

/** Any time will do; this one shows whoever takes time to begin at 0. */
const START_MS = 123_456;
const MAX_STEPS = 100_000;
/** When boots begin unless told otherwise, in milliseconds since 2024. */
export const GENERATION = 60_000_000_000;
/** The same in minutes, and the minutes of a day. */
export const GENERATION_MINUTES = GENERATION / 60_000;
export const DAY_MINUTES = 1_440;

interface LoneNativeOptions {
  readonly address?: string;
  readonly cluster?: string;
  readonly generation?: number;
  readonly limits?: Partial<Limits>;
  readonly timing?: Partial<Timing>;
  readonly onRosterChange?: (change: RosterChange) => void;
}

/** A record as a forger writes it: of a first boot, live, and without a word, unless said otherwise. */
export function forged(address: string, what: Partial<MemberRecord> = {}): MemberRecord {
  const { verdict = "live" } = what;
  return {
    address,
    generation: GENERATION,
    incarnation: 0,
    version: 1,
    verdict,
    name: "forged",
    metadata: new Map(),
    expiresAt: verdict === "live" ? 0 : GENERATION_MINUTES + DAY_MINUTES,
    ...what,
  };
}

/** A peer that is only a link: it says what the test has it say, and answers probes. */
export class ForgedPeer {
  readonly address: string;
  readonly linkId: number;
  /** What the core sent it, in order. */
  readonly received: Frame[] = [];
  readonly #say: (frame: Frame) => void;

  constructor(address: string, linkId: number, say: (frame: Frame) => void) {
    this.address = address;
    this.linkId = linkId;
    this.#say = say;
  }

  /** Tells rumors. */
  tells(...records: readonly MemberRecord[]): void {
    this.#say({ type: "rumors", records: records.map(wholeRecord), first: false, accusing: false });
  }

  /** Gives records as in an anti-entropy round. */
  exchanges(...records: readonly MemberRecord[]): void {
    this.#say({ type: "records", seq: 0, records, last: true });
  }

  /** Sends any other frame. */
  sends(frame: Frame): void {
    this.#say(frame);
  }

  /** The core sent it something: probes are answered at once. */
  onFrame(frame: Frame): void {
    this.received.push(frame);
    if (frame.type !== "probe") return;
    this.#say({ type: "probe-answer", seq: frame.seq, comparison: { type: "same" } });
  }

  /** The latest word that it was told of an address. */
  heardOf(address: string): MemberRecord | undefined {
    const records = this.received.flatMap((frame) =>
      frame.type === "rumors" || frame.type === "records" ? [...frame.records] : [],
    );
    return records.findLast((record) => record.address === address);
  }
}

/** A core, and what it did. */
export class LoneNativeCore {
  readonly core: NativeCore;
  now = START_MS;
  /** All that it told its application, in order. */
  readonly events: MemberEvent[] = [];
  /** Why it refused links, in order. */
  readonly refusals: string[] = [];
  /** What came of asking others for their links, in order. */
  readonly inquiries: LinkInquiryEnded[] = [];
  /** Whom it opened links to, in order. */
  readonly opened: string[] = [];
  readonly #rejections: Rejection[] = [];
  readonly #peers = new Map<number, ForgedPeer>();
  #lastInboundId = 0;

  constructor(options: LoneNativeOptions = {}) {
    const { address, cluster, generation, limits, timing, onRosterChange } = options;
    const ownGeneration = generation ?? GENERATION;
    this.core = new NativeCore(
      {
        address: address ?? "10.0.0.1:7946",
        cluster: cluster ?? "",
        info: { name: "me" },
        generation: ownGeneration,
        version: Math.floor(ownGeneration / 1_000),
        limits: { ...DEFAULT_LIMITS, ...limits },
        timing: { ...DEFAULT_TIMING, ...timing },
        probeTimeoutMs: 500,
        random: seededRandom(1),
        observer: onRosterChange === undefined ? undefined : { onRosterChange },
      },
      this.now,
    );
  }

  /** Another opens a link and says hello. */
  meets(address: string, cluster = "", generation = GENERATION, clock = 0): ForgedPeer {
    this.#lastInboundId -= 1;
    const linkId = this.#lastInboundId;
    const say = (frame: Frame): void => this.#handle({ type: "frame", linkId, frame });
    const peer = new ForgedPeer(address, linkId, say);
    this.#peers.set(linkId, peer);
    this.#handle({ type: "link-accepted", linkId });
    say({
      type: "hello",
      cluster,
      address,
      generation,
      minVersion: 1,
      maxVersion: 1,
      originals: [],
      clock,
    });
    return peer;
  }

  /** Does something to the core at the present time, and carries out what comes of it. */
  act(what: (core: NativeCore, now: number) => void): void {
    what(this.core, this.now);
    this.#settle();
  }

  /** Lets time pass; the core is woken whenever it asked to be. */
  advance(ms: number): void {
    const endMs = this.now + ms;
    for (let step = 0; step < MAX_STEPS; step += 1) {
      const nextMs = this.core.nextTimeoutMs(this.now);
      if (nextMs === undefined || nextMs > endMs) {
        this.now = endMs;
        return;
      }
      this.now = Math.max(this.now, nextMs);
      this.core.onTimeout(this.now);
      this.#settle();
    }
    throw new Error(`the core asks to be woken at ${this.now} ms for ever`);
  }

  /** What is held of an address. */
  record(address: string): MemberRecord | undefined {
    return this.core.records().find((record) => record.address === address);
  }

  /** How often something was not taken in for that reason. */
  rejected(reason: RejectionReason): number {
    const concerned = this.#rejections.filter((rejection) => rejection.reason === reason);
    return concerned.reduce((sum, rejection) => sum + rejection.count, 0);
  }

  #handle(input: NativeInput): void {
    this.core.handle(input, this.now);
    this.#settle();
  }

  #settle(): void {
    for (const effect of this.core.takeEffects()) this.#note(effect);
  }

  /** Nobody answers the links that it opens: they stay on their way. */
  #note(effect: NativeEffect): void {
    switch (effect.type) {
      case "send":
        this.#peers.get(effect.linkId)?.onFrame(effect.frame);
        break;
      case "refuse-link":
        this.refusals.push(effect.reason);
        this.#peers.delete(effect.linkId);
        break;
      case "close-link":
        this.#peers.delete(effect.linkId);
        break;
      case "event":
        this.events.push(effect.event);
        break;
      case "links-told":
      case "links-untold":
        this.inquiries.push(effect);
        break;
      case "open-link":
        this.opened.push(effect.address);
        break;
      case "rejected":
        this.#rejections.push(effect.rejection);
        break;
      default:
        break;
    }
  }
}
