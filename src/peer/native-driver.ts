// Drives the native core in an environment: links, frames and knocks, the time, and who is told what
// happened. No promises: a simulated environment can run it step by step.

import { formatAddress, parseAddress } from "../core/address.js";
import type { Limits } from "../core/limits.js";
import type { Frame } from "../core/native/frames.js";
import type { NativeCore } from "../core/native/native-core.js";
import type { Dialect, NativeEffect, NativeInput } from "../core/native/native-messages.js";
import { RateLimit } from "../core/rate-limit.js";
import { type Rejection, RejectionCounter, type RejectionReason } from "../core/rejection.js";
import type { Link, LinkEnd, LinkListener, LinkService } from "../transport/transport.js";
import { LINK_METHOD, type NativeCodec } from "../wire/native-dialect.js";
import type { Admission } from "./admission.js";
import type { EngineListener } from "./engine.js";
import { EngineLog } from "./engine-log.js";
import type { Environment } from "./environment.js";
import type { Logger } from "./logger.js";
import { newRejectedCounts } from "./stats.js";
import { Traffic } from "./traffic.js";
import { WaitingFrames } from "./waiting-frames.js";
import { WakeUp } from "./wake-up.js";

/** Of records on their way over one link: as much as a fast network holds in a round trip. */
const WINDOW_BYTES = 262_144;

/** Who is told what the native core tells. */
export interface NativeListener extends EngineListener {
  /** Which dialect an address speaks was found out. */
  onDialect(address: string, dialect: Dialect): void;
  /** Another told us of members that speak the seed dialect only. */
  onOriginals(addresses: readonly string[]): void;
  /** After each step. */
  onDrained(): void;
}

/** What a native driver is made from. */
export interface NativeDriverOptions {
  readonly core: NativeCore;
  readonly environment: Environment;
  readonly codec: NativeCodec;
  readonly limits: Limits;
  readonly logger: Logger;
  readonly listener: NativeListener;
  readonly admission: Admission;
  /** Whether who does not speak the native protocol is refused. */
  readonly isSeedDialectOff: boolean;
}

interface HeldLink {
  readonly link: Link;
  /** Who is at its other end, as far as it has told. */
  partner: string;
  /** Records that go once the link has taken what is before them. */
  readonly waiting: WaitingFrames;
}

const SEED_DIALECT_ONLY =
  "it does not speak the native protocol, and a cluster name or TLS turns the seed dialect off";

/** Runs one native core. */
export class NativeDriver {
  readonly rejected: Record<RejectionReason, number> = newRejectedCounts();
  readonly traffic = new Traffic();
  readonly service: LinkService;
  readonly #core: NativeCore;
  readonly #environment: Environment;
  readonly #codec: NativeCodec;
  readonly #limits: Limits;
  readonly #listener: NativeListener;
  readonly #log: EngineLog;
  readonly #admission: Admission;
  readonly #isSeedDialectOff: boolean;
  readonly #links = new Map<number, HeldLink>();
  /** With more than this on its way, records wait. */
  readonly #windowBytes: number;
  #lastInboundId = 0;
  readonly #wakeUp: WakeUp;
  #isStopped = false;

  constructor(options: NativeDriverOptions) {
    this.#core = options.core;
    this.#environment = options.environment;
    this.#wakeUp = new WakeUp(options.environment, () => this.#onWake());
    this.#codec = options.codec;
    this.#limits = options.limits;
    this.#listener = options.listener;
    this.#admission = options.admission;
    this.#windowBytes = Math.min(WINDOW_BYTES, options.limits.maxUnsentBytes / 4);
    this.#isSeedDialectOff = options.isSeedDialectOff;
    this.#log = new EngineLog(options.logger, options.core.address, this.now());
    this.service = { method: LINK_METHOD, onLink: (link) => this.#onLink(link) };
  }

  now(): number {
    return this.#environment.now();
  }

  /** The most bytes that wait on one link for its reader. */
  get unsentBytes(): number {
    let most = 0;
    for (const { link } of this.#links.values()) most = Math.max(most, link.unsentBytes);
    return most;
  }

  /** Carries out what the core asks for, and sets the timer for its next wake-up. */
  drain(): void {
    this.#listener.onCoreChanged();
    while (!this.#isStopped) {
      const effects = this.#core.takeEffects();
      if (effects.length === 0) break;
      for (const effect of effects) this.#carryOut(effect);
    }
    if (!this.#isStopped) this.#listener.onDrained();
    this.#wakeUp.set(this.#isStopped ? undefined : this.#core.nextTimeoutMs(this.now()));
  }

  /** To be called when anything happens that the core is not told of. */
  checkWake(): void {
    this.#wakeUp.check();
  }

  /** Does nothing any more. */
  stop(): void {
    this.#isStopped = true;
    this.#wakeUp.cancel();
    this.#links.clear();
  }

  #handle(input: NativeInput): void {
    if (this.#isStopped) return;
    this.#core.handle(input, this.now());
    this.drain();
  }

  #onWake(): void {
    if (this.#isStopped) return;
    this.#core.onTimeout(this.now());
    this.drain();
  }

  #carryOut(effect: NativeEffect): void {
    switch (effect.type) {
      case "open-link":
        this.#openLink(effect);
        break;
      case "send":
        this.#send(effect);
        break;
      case "close-link":
        this.#takeLink(effect.linkId)?.close();
        break;
      case "refuse-link":
        this.#takeLink(effect.linkId)?.refuse(effect.reason);
        break;
      case "knock":
        this.#knock(effect);
        break;
      case "dialect":
        this.#listener.onDialect(effect.address, effect.dialect);
        break;
      case "originals":
        this.#listener.onOriginals(effect.addresses);
        break;
      case "lookup-seed":
        this.#lookUpSeed(effect.seed);
        break;
      case "event":
        this.#log.event(effect.event);
        this.#listener.onMemberEvent(effect.event);
        break;
      case "rejected":
        this.#onRejected(effect.rejection, "what another told us");
        break;
      case "seed-answered":
      case "seed-failed":
        this.#log.seedOutcome(effect);
        this.#listener.onSeedOutcome(effect);
        break;
      case "links-told":
      case "links-untold":
        this.#listener.onLinkInquiryEnded(effect);
        break;
      case "leave-ended":
        this.#log.left(effect);
        this.#listener.onLeaveEnded();
        break;
      default:
        effect satisfies never;
    }
  }

  #openLink(effect: Extract<NativeEffect, { type: "open-link" }>): void {
    const { linkId, address, timeoutMs, foundBy } = effect;
    const request = { address, method: LINK_METHOD, timeoutMs, foundBy };
    const link = this.#environment.transport.openLink(request, this.#listenerOf(linkId));
    this.#links.set(linkId, { link, partner: address, waiting: new WaitingFrames() });
  }

  #onLink(link: Link): LinkListener {
    this.#lastInboundId -= 1;
    const linkId = this.#lastInboundId;
    const partner = "a peer that linked to us";
    this.#links.set(linkId, { link, partner, waiting: new WaitingFrames() });
    this.#handle({ type: "link-accepted", linkId });
    return this.#listenerOf(linkId);
  }

  #listenerOf(linkId: number): LinkListener {
    const rate = new RateLimit(this.#limits.maxFramesPerSecond, this.now());
    return {
      onFrame: (bytes) => {
        const held = this.#links.get(linkId);
        if (this.#isStopped || held === undefined) return;
        if (!rate.take(this.now())) return this.#onTooFast(linkId, held.partner);
        const rejections = new RejectionCounter();
        const frame = this.#codec.decode(bytes, rejections);
        for (const rejection of rejections.take()) this.#onRejected(rejection, held.partner);
        if (frame === undefined) return;
        if (frame.type === "hello") held.partner = frame.address;
        this.traffic.onReceived(frame.type, bytes.length);
        this.#logReceived(frame, held.partner);
        if (frame.type === "hello" && this.#isRefused(linkId, frame.address)) return;
        this.#handle({ type: "frame", linkId, frame });
      },
      onDrained: () => this.#sendWaiting(linkId),
      onEnd: (end) => {
        if (!this.#links.delete(linkId)) return;
        this.#onLinkEnd(linkId, end);
      },
    };
  }

  /** Something of a caller was not taken in. */
  reject(reason: RejectionReason, source: string): void {
    this.#onRejected({ reason, count: 1, example: source }, source);
  }

  /** Whether whoever says that address on a link may not: then the link is over. */
  #isRefused(linkId: number, address: string): boolean {
    const link = this.#links.get(linkId)?.link;
    const refusal = link === undefined ? undefined : this.#admission.refusal(link, address);
    if (link === undefined || refusal === undefined) return false;
    const { reason, text } = refusal;
    this.#onRejected({ reason, count: 1, example: text }, address);
    this.#links.delete(linkId);
    if (linkId > 0) link.send(this.#codec.encode({ type: "goodbye", reason: text }));
    if (linkId > 0) link.close();
    else link.refuse(text);
    this.#handle({ type: "link-ended", linkId, end: "refused", reason: text });
    return true;
  }

  #onLinkEnd(linkId: number, end: LinkEnd): void {
    if (end.type === "unserved" && this.#isSeedDialectOff) {
      this.#handle({ type: "link-ended", linkId, end: "refused", reason: SEED_DIALECT_ONLY });
      return;
    }
    this.#handle({ type: "link-ended", linkId, end: end.type, reason: reasonOf(end) });
  }

  #onTooFast(linkId: number, source: string): void {
    this.reject("caller-too-fast", source);
    this.#takeLink(linkId)?.close();
    const reason = "it sends more than there is any reason for";
    this.#handle({ type: "link-ended", linkId, end: "closed", reason });
  }

  /** Records are many: they wait for their turn, so that all else goes past them. */
  #send({ linkId, frame }: Extract<NativeEffect, { type: "send" }>): void {
    const held = this.#links.get(linkId);
    if (held === undefined) return;
    const { link, waiting } = held;
    const isFree = waiting.length === 0 && link.unsentBytes <= this.#windowBytes;
    if (isFree || (frame.type !== "records" && frame.type !== "rumors")) {
      return this.#sendNow(linkId, held, frame);
    }
    waiting.add(frame);
    const { maxMembers, maxGoneMembers } = this.#limits;
    if (waiting.length > maxMembers + maxGoneMembers) this.#letGo(linkId, link);
  }

  /** The link has taken some of what was sent. */
  #sendWaiting(linkId: number): void {
    const held = this.#links.get(linkId);
    while (held !== undefined && held.link.unsentBytes <= this.#windowBytes) {
      const frame = held.waiting.take();
      if (frame === undefined || this.#isStopped) return;
      this.#sendNow(linkId, held, frame);
    }
  }

  #sendNow(linkId: number, { link, partner }: HeldLink, frame: Frame): void {
    this.#logSent(frame, partner);
    const bytes = this.#codec.encode(frame);
    this.traffic.onSent(frame.type, bytes.length);
    link.send(bytes);
    if (link.unsentBytes > this.#limits.maxUnsentBytes) this.#letGo(linkId, link);
  }

  /** A reader that does not keep up is let go: its memory is its own, and so is ours. */
  #letGo(linkId: number, link: Link): void {
    this.#links.delete(linkId);
    link.close();
    this.rejected["reader-too-slow"] += 1;
    this.#core.handle(
      { type: "link-ended", linkId, end: "timed-out", reason: "it does not read what we send" },
      this.now(),
    );
  }

  #takeLink(linkId: number): Link | undefined {
    const held = this.#links.get(linkId);
    this.#links.delete(linkId);
    return held?.link;
  }

  /** In the words of the seed dialect, though what one list has over the other is mostly nothing. */
  #logSent(frame: Frame, to: string): void {
    if (frame.type === "probe" && frame.fingerprint !== undefined) {
      this.#log.debug(`chose ${to} to send info`, { to, purpose: "exchange" });
      this.#log.debug("sent self data", { to, records: 0 });
    } else if (frame.type === "records" || frame.type === "rumors") {
      this.#log.debug("sent self data", { to, records: frame.records.length });
    }
  }

  #logReceived(frame: Frame, from: string): void {
    if (frame.type === "probe-answer") {
      this.#log.debug("received other data", { from, records: 0, outcome: frame.comparison.type });
    } else if (frame.type === "records" || frame.type === "rumors") {
      this.#log.debug("received other data", { from, records: frame.records.length });
    }
  }

  #knock({ address, timeoutMs }: Extract<NativeEffect, { type: "knock" }>): void {
    this.#environment.transport.knock(address, timeoutMs, (outcome) => {
      this.#handle({ type: "knock-ended", address, outcome });
    });
  }

  /** A name stands for all its addresses, each with the seed's port. */
  #lookUpSeed(seed: string): void {
    const parts = parseAddress(seed);
    if (parts === undefined) return;
    this.#environment.lookup(parts.host, (ips, error) => {
      const addresses = ips.map((ip) => formatAddress(ip, parts.port));
      const reason = error?.message ?? `${parts.host} has no address`;
      this.#handle({ type: "seed-resolved", seed, addresses, reason, cause: error });
    });
  }

  #onRejected(rejection: Rejection, source: string): void {
    this.rejected[rejection.reason] += rejection.count;
    this.#log.rejection(rejection, source, this.now());
  }
}

function reasonOf(end: LinkEnd): string {
  switch (end.type) {
    case "closed":
      return "the other side closed the link";
    case "refused":
      return end.reason;
    case "unserved":
      return "it does not speak the native protocol";
    case "broken":
    case "timed-out":
      return end.error.message;
    default:
      return end satisfies never;
  }
}
