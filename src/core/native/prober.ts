// Probes under way: each a question on a link that the other side answers at once. What is not
// answered in time counts as missed; an answer that comes later is still an answer.

import type { LinkState } from "./link-table.js";
import { DIFFERENCE_TIMEOUT_MS } from "./native-timing.js";

/** How an exchange ended: what was found, or that no answer came in time, or before its link went. */
export type ExchangeOutcome = "same" | "different" | "whole-list" | "busy" | "unanswered";

/** How many exchanges ended in which way. */
export type ExchangeOutcomes = Record<ExchangeOutcome, number>;

/** A probe that was sent. */
export interface PendingProbe {
  readonly seq: number;
  readonly address: string;
  readonly linkId: number;
  readonly sentAtMs: number;
  /** Whether it asked for a comparison of the two lists. */
  readonly isExchange: boolean;
  /** Whether its link was there: the time to its answer is then that of a round trip. */
  readonly isOnReadyLink: boolean;
  deadlineMs: number;
  /** Its time is over; a late answer is still waited for. */
  isMissed: boolean;
}

/** All probes under way. */
export class Prober {
  readonly #pending = new Map<number, PendingProbe>();
  readonly #outcomes = newExchangeOutcomes();
  #lastSeq = 0;

  get size(): number {
    return this.#pending.size;
  }

  /** How the exchanges have ended. */
  get exchangeOutcomes(): ExchangeOutcomes {
    return { ...this.#outcomes };
  }

  begin(
    address: string,
    link: LinkState,
    isExchange: boolean,
    timeoutMs: number,
    now: number,
  ): PendingProbe {
    this.#lastSeq += 1;
    const probe: PendingProbe = {
      seq: this.#lastSeq,
      address,
      linkId: link.id,
      sentAtMs: now,
      isExchange,
      isOnReadyLink: link.isReady,
      deadlineMs: now + timeoutMs,
      isMissed: false,
    };
    this.#pending.set(probe.seq, probe);
    return probe;
  }

  /** A number for a message that is no probe. */
  nextSeq(): number {
    this.#lastSeq += 1;
    return this.#lastSeq;
  }

  /** True while an answer of that member is waited for, and not yet missed. */
  isProbing(address: string): boolean {
    for (const probe of this.#pending.values()) {
      if (probe.address === address && !probe.isMissed) return true;
    }
    return false;
  }

  /** True while an answer on that link is waited for, and not yet missed. */
  isProbingOn(linkId: number): boolean {
    for (const probe of this.#pending.values()) {
      if (probe.linkId === linkId && !probe.isMissed) return true;
    }
    return false;
  }

  /** An answer came on that link: gives the probe that it answers. */
  end(seq: number, linkId: number): PendingProbe | undefined {
    const probe = this.#pending.get(seq);
    if (probe === undefined || probe.linkId !== linkId) return undefined;
    this.#pending.delete(seq);
    return probe;
  }

  /** Counts what came of an exchange; one that was missed is counted by then. */
  noteOutcome({ isExchange, isMissed }: PendingProbe, outcome: ExchangeOutcome): void {
    if (isExchange && !isMissed) this.#outcomes[outcome] += 1;
  }

  /** The probes whose time has just run out. */
  takeMissed(now: number): PendingProbe[] {
    const missed: PendingProbe[] = [];
    for (const probe of this.#pending.values()) {
      if (now < probe.deadlineMs) continue;
      // Never before it was missed: whoever waits for its outcome would wait for ever.
      if (now >= probe.sentAtMs + DIFFERENCE_TIMEOUT_MS) this.#pending.delete(probe.seq);
      if (probe.isMissed) continue;
      probe.isMissed = true;
      if (probe.isExchange) this.#outcomes.unanswered += 1;
      missed.push(probe);
    }
    return missed;
  }

  /** The link is gone: what was asked on it will not be answered. */
  endAllOn(linkId: number): PendingProbe[] {
    const ended = [...this.#pending.values()].filter((probe) => probe.linkId === linkId);
    for (const probe of ended) {
      this.#pending.delete(probe.seq);
      if (probe.isExchange && !probe.isMissed) this.#outcomes.unanswered += 1;
    }
    return ended;
  }

  /** Time in which nothing could be heard does not count. */
  delayBy(durationMs: number): void {
    for (const probe of this.#pending.values()) probe.deadlineMs += durationMs;
  }

  nextAtMs(): number {
    let nextAtMs = Number.POSITIVE_INFINITY;
    for (const probe of this.#pending.values()) {
      if (!probe.isMissed) nextAtMs = Math.min(nextAtMs, probe.deadlineMs);
    }
    return nextAtMs;
  }
}

/** All at zero. */
export function newExchangeOutcomes(): ExchangeOutcomes {
  return { same: 0, different: 0, "whole-list": 0, busy: 0, unanswered: 0 };
}
