// The links to our neighbours: which of them are missing, and when each is to be opened. Changed
// lazily, a few at a time, since a link costs far more to set up than to hold.

import { backoffMs, type Random } from "../random.js";
import { RateLimit } from "../rate-limit.js";
import type { BackoffRange } from "../timing.js";
import type { Calendar } from "./calendar.js";
import { isHung, type LinkTable } from "./link-table.js";
import { LINK_PATIENCE_MS, NEWCOMER_MS, OVERLAY_LINKS_PER_SECOND } from "./native-timing.js";
import type { Roster } from "./roster.js";

/** Between two attempts to link to a neighbour in vain. */
const LINK_BACKOFF: BackoffRange = { baseMs: 250, maxMs: 5_000 };

/** What an overlay works on. */
export interface OverlayContext {
  readonly roster: Roster;
  readonly links: LinkTable;
  readonly calendar: Calendar;
  readonly random: Random;
  /** The failures to link that are remembered. */
  readonly maxFailures: number;
  /** Opens a link to a neighbour. */
  open(address: string, now: number): void;
}

/** Keeps the links to the neighbours. */
export class Overlay {
  readonly #context: OverlayContext;
  readonly #startedAtMs: number;
  readonly #rate: RateLimit;
  /** Until when a neighbour that could not be linked is left alone, and how often it failed. */
  readonly #failures = new Map<string, { attempts: number; untilMs: number }>();
  /** Since when a neighbour is without a link. */
  readonly #unlinkedSince = new Map<string, number>();
  /** Neighbours to whom a link was opened of which it is not known yet what came of it. */
  readonly #opened = new Set<string>();
  #listVersion = -1;
  #dueAtMs: number;

  constructor(context: OverlayContext, now: number) {
    this.#context = context;
    this.#startedAtMs = now;
    this.#rate = new RateLimit(OVERLAY_LINKS_PER_SECOND, now);
    this.#dueAtMs = now;
  }

  /** When {@link maintain} has something to do. */
  get dueAtMs(): number {
    return this.#dueAtMs;
  }

  /** Links to the neighbours to whom there is none, a few at a time. */
  maintain(now: number): void {
    const { roster, links } = this.#context;
    const isChanged = this.#listVersion !== roster.listVersion;
    if (!isChanged && now < this.#dueAtMs) return;
    this.#listVersion = roster.listVersion;
    this.#dueAtMs = Number.POSITIVE_INFINITY;
    this.#giveBack();
    for (const address of roster.neighbours()) {
      const link = links.to(address);
      if (link === undefined || isHung(link)) this.#link(address, now);
      else this.#unlinkedSince.delete(address);
    }
    for (const address of this.#unlinkedSince.keys()) {
      if (!roster.neighbours().has(address)) this.#unlinkedSince.delete(address);
    }
  }

  /**
   * A link to who turned out not to answer cost nearly nothing, so that it does not count: after the
   * loss of most of the cluster, many are tried before one answers.
   */
  #giveBack(): void {
    const { roster } = this.#context;
    for (const address of this.#opened) {
      if (roster.neighbours().has(address)) continue;
      this.#opened.delete(address);
      if (!roster.isEligible(address)) this.#rate.giveBack();
    }
  }

  /** A link has gone, or hangs: it is looked at soon. */
  hurry(now: number): void {
    this.#dueAtMs = Math.min(this.#dueAtMs, now);
  }

  /** True while a member that could not be linked is left alone. */
  isResting(address: string, now: number): boolean {
    const failure = this.#failures.get(address);
    return failure !== undefined && now < failure.untilMs;
  }

  /** There is a reason to try it again at once. */
  forgetFailure(address: string): void {
    this.#failures.delete(address);
  }

  onLinked(address: string): void {
    this.#failures.delete(address);
    this.#unlinkedSince.delete(address);
    this.#opened.delete(address);
  }

  onLinkFailed(address: string, now: number): void {
    const attempts = (this.#failures.get(address)?.attempts ?? 0) + 1;
    const untilMs = now + backoffMs(attempts, LINK_BACKOFF, this.#context.random);
    this.#failures.delete(address);
    this.#failures.set(address, { attempts, untilMs });
    if (this.#failures.size <= this.#context.maxFailures) return;
    const oldest = this.#failures.keys().next().value;
    if (oldest !== undefined) this.#failures.delete(oldest);
  }

  #link(address: string, now: number): void {
    const sinceMs = this.#unlinkedSince.get(address) ?? now;
    this.#unlinkedSince.set(address, sinceMs);
    const dueAtMs = Math.max(
      sinceMs + this.#patienceMs(address, now),
      this.#failures.get(address)?.untilMs ?? now,
    );
    if (now < dueAtMs) this.#dueAtMs = Math.min(this.#dueAtMs, dueAtMs);
    else if (this.#rate.take(now)) {
      this.#opened.add(address);
      this.#context.open(address, now);
    } else this.#dueAtMs = Math.min(this.#dueAtMs, this.#rate.nextAtMs(now));
  }

  /** A newcomer dials; of two that learn of each other together, the smaller id does. */
  #patienceMs(address: string, now: number): number {
    if (now - this.#startedAtMs < NEWCOMER_MS) return 0;
    const { roster, calendar } = this.#context;
    const generation = roster.get(address)?.record.generation ?? 0;
    const isNewcomer = calendar.wallMs(now) - generation < NEWCOMER_MS;
    return roster.own.address < address && !isNewcomer ? 0 : LINK_PATIENCE_MS;
  }
}
