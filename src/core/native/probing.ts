// Exchanges and probes that we begin: over which link, with how much time, and who is told of what
// came of them.

import type { Acquaintances } from "../acquaintances.js";
import type { Contacts } from "./contacts.js";
import type { Detector } from "./detector.js";
import type { Exchanges } from "./exchanges.js";
import type { Frame, ProbeAnswer } from "./frames.js";
import { isHung, type LinkState, type LinkTable } from "./link-table.js";
import type { LocalHealth } from "./local-health.js";
import { isMember } from "./member-views.js";
import type { NativeCounters } from "./native-counters.js";
import { DIAL_PATIENCE_MS } from "./native-timing.js";
import type { Overlay } from "./overlay.js";
import type { PendingProbe, Prober } from "./prober.js";
import type { Roster } from "./roster.js";
import type { Standing } from "./standing.js";

/** What probing works on. */
export interface ProbingContext {
  readonly roster: Roster;
  readonly links: LinkTable;
  readonly prober: Prober;
  readonly exchanges: Exchanges;
  readonly health: LocalHealth;
  readonly counters: NativeCounters;
  readonly contacts: Contacts;
  readonly acquaintances: Acquaintances;
  readonly detector: Detector;
  readonly standing: Standing;
  readonly overlay: Overlay;
  readonly probeTimeoutMs: number;
  /** The link to that member, opened where there is none. */
  linkTo(address: string, now: number): LinkState | undefined;
  send(link: LinkState, frame: Frame): void;
}

/** Probes others, and notes how they answer. */
export class Probing {
  readonly #context: ProbingContext;

  constructor(context: ProbingContext) {
    this.#context = context;
  }

  /** Probes a member over a link to it; with an exchange where that is wanted, and none is under way. */
  probe(address: string, wantsExchange: boolean, now: number): void {
    const { exchanges, linkTo } = this.#context;
    const link = linkTo(address, now);
    if (link === undefined) return;
    this.probeOver(link, address, wantsExchange && !exchanges.isBusy(link, now), now);
  }

  /** Probes a member over that link; with an exchange, the lists are compared too. */
  probeOver(link: LinkState, address: string, isExchange: boolean, now: number): void {
    const { roster, prober, counters, send } = this.#context;
    link.usedAtMs = now;
    const { seq } = prober.begin(address, link, isExchange, this.#timeoutMs(link), now);
    counters.probesSent += 1;
    send(link, { type: "probe", seq, fingerprint: isExchange ? roster.fingerprint : undefined });
  }

  #timeoutMs({ isReady }: LinkState): number {
    const { probeTimeoutMs, health } = this.#context;
    const timeoutMs = probeTimeoutMs * health.factor;
    return isReady ? timeoutMs : Math.max(timeoutMs, DIAL_PATIENCE_MS);
  }

  /** Takes in an answer; gives who answered, undefined where it was not asked. */
  onAnswer(link: LinkState, answer: ProbeAnswer, now: number): string | undefined {
    const { roster, prober, counters, contacts, detector, standing } = this.#context;
    const probe = prober.end(answer.seq, link.id);
    const { address } = link;
    if (probe === undefined || address === undefined) return undefined;
    contacts.onAnswered(address, now);
    this.#noteAnswer(probe, now);
    prober.noteOutcome(probe, answer.comparison.type);
    roster.setUnreachable(address, false);
    // Of one mind with another: whoever we could not reach is there, or would be held as gone.
    const isAgreed = probe.isExchange && answer.comparison.type === "same";
    if (isAgreed) roster.setAllReachable();
    if (probe.isMissed) {
      detector.onLate(address, now);
    } else {
      counters.probesTimely += 1;
      detector.onTimely(address, probe.sentAtMs, now);
      standing.onTimely(address, now);
    }
    return address;
  }

  #noteAnswer({ address, sentAtMs, isOnReadyLink, isMissed }: PendingProbe, now: number): void {
    const { acquaintances } = this.#context;
    if (!this.#remembers(address)) return;
    acquaintances.onAnswered(address, isOnReadyLink ? now - sentAtMs : undefined, !isMissed);
  }

  /** Looks for probes whose time is over; a link that brings nothing at all is replaced. */
  onTimeout(now: number): void {
    const { links, prober, overlay } = this.#context;
    for (const { address, linkId, sentAtMs } of prober.takeMissed(now)) {
      const link = links.get(linkId);
      if (link !== undefined && link.heardAtMs <= sentAtMs) {
        link.missed += 1;
        if (isHung(link)) overlay.hurry(now);
      }
      this.onMissed(address, now);
    }
  }

  /** A member did not answer in time. */
  onMissed(address: string, now: number): void {
    const { acquaintances, counters, detector, standing } = this.#context;
    counters.probesLate += 1;
    standing.onMissed(address, now);
    if (this.#remembers(address)) acquaintances.onMissed(address);
    detector.onMissed(address, now);
  }

  #remembers(address: string): boolean {
    return isMember(this.#context.roster.get(address)?.record);
  }
}
