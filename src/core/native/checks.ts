// A look at one member: a probe over a link, and where the link breaks, a knock at its port. It ends
// with a finding, for this peer itself and for those who asked.

import type { Finding } from "./frames.js";
import { MAX_CHECK_MS, SECOND_KNOCK_MS } from "./native-timing.js";

/** So many may wait for one finding: more than any member has watchers. */
export const MAX_ASKERS = 32;

/** Links that break one after another before that counts as silence: the first may be of a reset. */
const MAX_RELINKS = 2;

/** Whoever waits for the finding of a check. */
export interface Asker {
  readonly linkId: number;
  readonly seq: number;
}

interface Check {
  readonly address: string;
  readonly askers: Asker[];
  /** Dials that were refused, one after another. */
  refusals: number;
  /** How often a link was opened anew after a port was found open. */
  relinks: number;
  /** When the second knock is due. */
  knockAtMs: number | undefined;
  /** When it ends, whatever became of what was sent. */
  endAtMs: number;
}

/** What checks do. */
export interface CheckContext {
  /** Sends a probe, opening a link where there is none. */
  probe(address: string, now: number): void;
  knock(address: string, now: number): void;
  onFinding(address: string, finding: Finding, askers: readonly Asker[], now: number): void;
}

/** The checks under way, one for each member. */
export class Checks {
  readonly #context: CheckContext;
  readonly #checks = new Map<string, Check>();

  constructor(context: CheckContext) {
    this.#context = context;
  }

  get size(): number {
    return this.#checks.size;
  }

  has(address: string): boolean {
    return this.#checks.has(address);
  }

  /** Looks at a member; a look under way serves those who ask meanwhile too. */
  begin(address: string, asker: Asker | undefined, now: number): void {
    const held = this.#checks.get(address);
    if (held !== undefined) {
      if (asker !== undefined && held.askers.length < MAX_ASKERS) held.askers.push(asker);
      return;
    }
    this.#start(address, asker, now);
    this.#context.probe(address, now);
  }

  /** Its link is gone with our probe, but there is another. */
  onLost(address: string, now: number): void {
    const check = this.#checks.get(address);
    if (check !== undefined && check.knockAtMs === undefined) this.#context.probe(address, now);
  }

  /** Its link broke: it is looked at once whether its port is closed. */
  onLinkBroken(address: string, now: number): void {
    const check = this.#checks.get(address) ?? this.#start(address, undefined, now);
    if (check.relinks >= MAX_RELINKS) {
      this.#end(check, "silent", now);
      return;
    }
    if (check.knockAtMs === undefined) this.#knock(check, now);
  }

  onKnock(address: string, outcome: "accepted" | "refused" | "silent", now: number): void {
    const check = this.#checks.get(address);
    if (check === undefined) return;
    check.knockAtMs = undefined;
    if (outcome === "silent") {
      this.#end(check, "silent", now);
    } else if (outcome === "accepted") {
      check.refusals = 0;
      check.relinks += 1;
      this.#context.probe(address, now);
    } else {
      check.refusals += 1;
      if (check.refusals >= 2) this.#end(check, "refused", now);
      else check.knockAtMs = now + SECOND_KNOCK_MS;
    }
  }

  onAnswered(address: string, now: number): void {
    const check = this.#checks.get(address);
    if (check !== undefined) this.#end(check, "answered", now);
  }

  /** A probe of that member was not answered in time. */
  onMissed(address: string, now: number): void {
    const check = this.#checks.get(address);
    if (check !== undefined) this.#end(check, "silent", now);
  }

  onTimeout(now: number): void {
    for (const check of this.#checks.values()) {
      if (now >= check.endAtMs) this.#end(check, "silent", now);
      else if (check.knockAtMs !== undefined && now >= check.knockAtMs) this.#knock(check, now);
    }
  }

  nextAtMs(): number {
    let nextAtMs = Number.POSITIVE_INFINITY;
    for (const { knockAtMs, endAtMs } of this.#checks.values()) {
      nextAtMs = Math.min(nextAtMs, endAtMs);
      if (knockAtMs !== undefined) nextAtMs = Math.min(nextAtMs, knockAtMs);
    }
    return nextAtMs;
  }

  /** Time in which nothing could be heard does not count. */
  delayBy(durationMs: number): void {
    for (const check of this.#checks.values()) {
      check.endAtMs += durationMs;
      if (check.knockAtMs !== undefined) check.knockAtMs += durationMs;
    }
  }

  #start(address: string, asker: Asker | undefined, now: number): Check {
    const check: Check = {
      address,
      askers: asker === undefined ? [] : [asker],
      refusals: 0,
      relinks: 0,
      knockAtMs: undefined,
      endAtMs: now + MAX_CHECK_MS,
    };
    this.#checks.set(address, check);
    return check;
  }

  #knock(check: Check, now: number): void {
    // Until the outcome, so that a link that breaks meanwhile does not knock again.
    check.knockAtMs = Number.POSITIVE_INFINITY;
    this.#context.knock(check.address, now);
  }

  #end(check: Check, finding: Finding, now: number): void {
    this.#checks.delete(check.address);
    this.#context.onFinding(check.address, finding, check.askers, now);
  }
}
