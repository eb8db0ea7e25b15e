// Why a link was opened, beyond its use by the overlay: who waits for what comes of it is told once.

import type { DialQueue } from "../dial-queue.js";
import { CANDIDATE_BACKOFF, GONE_BACKOFF } from "../timing.js";
import type { LinkState } from "./link-table.js";
import type { NativeEffect } from "./native-messages.js";
import type { SeedDials } from "./seed-dials.js";

/** Why a link was opened. */
export type LinkPurpose =
  | { readonly type: "seed"; readonly seed: string }
  | { readonly type: "dial" }
  /** To find out which dialect is spoken there. */
  | { readonly type: "dialect" }
  | { readonly type: "other" };

/** What came of a link. */
export type LinkOutcome =
  | { readonly type: "served" }
  | { readonly type: "failed"; readonly reason: string }
  /** The other side speaks the seed dialect. */
  | { readonly type: "served-otherwise" };

/** What purposes work on. */
export interface LinkPurposesContext {
  readonly seeds: SeedDials;
  readonly dials: DialQueue;
  /** Whether that address is, or was, a member. */
  isKnown(address: string): boolean;
  onEffect(effect: NativeEffect): void;
}

/** The purposes of the links that we opened. */
export class LinkPurposes {
  readonly #context: LinkPurposesContext;
  readonly #purposes = new Map<number, LinkPurpose>();
  /** Those of them that are for a seed: asked for once a period, and mostly none. */
  readonly #seedLinkIds = new Set<number>();

  constructor(context: LinkPurposesContext) {
    this.#context = context;
  }

  set(link: LinkState, purpose: LinkPurpose): void {
    this.#purposes.set(link.id, purpose);
    if (purpose.type === "seed") this.#seedLinkIds.add(link.id);
  }

  isForSeed(link: LinkState): boolean {
    return this.#seedLinkIds.has(link.id);
  }

  /** The ids of the links to seeds that have not served yet. */
  seedLinkIds(): number[] {
    return [...this.#seedLinkIds];
  }

  /** The link is gone. */
  delete(link: LinkState, outcome: LinkOutcome, now: number): void {
    const purpose = this.#purposes.get(link.id);
    this.#purposes.delete(link.id);
    this.#seedLinkIds.delete(link.id);
    this.#tell(link, purpose, outcome, now);
  }

  /** What the link was opened for has come to pass; it stays for other uses. */
  serve(link: LinkState, now: number): void {
    const purpose = this.#purposes.get(link.id);
    this.#purposes.set(link.id, { type: "other" });
    this.#seedLinkIds.delete(link.id);
    this.#tell(link, purpose, { type: "served" }, now);
  }

  #tell(
    { address }: LinkState,
    purpose: LinkPurpose | undefined,
    outcome: LinkOutcome,
    now: number,
  ): void {
    const { seeds, dials, isKnown, onEffect } = this.#context;
    if (purpose?.type === "seed") {
      seeds.onDialEnded(purpose.seed, outcome.type === "failed" ? outcome.reason : undefined, now);
    } else if (address === undefined) {
      return;
    } else if (purpose?.type === "dialect") {
      if (outcome.type === "served") onEffect({ type: "dialect", address, dialect: "native" });
      else if (outcome.type === "failed") {
        onEffect({ type: "dialect", address, dialect: "unreachable" });
      }
    } else if (purpose?.type === "dial") {
      dials.end(address);
      dials.rest(address, isKnown(address) ? GONE_BACKOFF : CANDIDATE_BACKOFF, now);
    }
  }
}
