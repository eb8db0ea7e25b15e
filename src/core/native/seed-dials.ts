// Finds the cluster by its seeds: looks them up, opens a link to each of their addresses that is not a
// member yet, and tells whether one answered.

import { parseAddress } from "../address.js";
import type { Limits } from "../limits.js";
import type { SeedList, SeedOutcome } from "../seed-list.js";
import type { NativeEffect, NativeInput } from "./native-messages.js";

/** What the dials of seeds work on. */
export interface SeedDialsContext {
  /** Our own address. */
  readonly address: string;
  readonly limits: Limits;
  readonly seeds: SeedList;
  /** Whether there is nothing to find out at that address: it is a member, or a link to it stands. */
  isKnown(address: string): boolean;
  /** True while no other member is listed: then an answer is not what was looked for. */
  isAlone(): boolean;
  /** Opens a link; its end is told by {@link SeedDials.onDialEnded}. */
  open(address: string, seed: string, now: number): void;
  onEffect(effect: NativeEffect): void;
}

/** The seeds of one peer, dialled for ever. */
export class SeedDials {
  readonly #context: SeedDialsContext;
  #isEnded = false;

  constructor(context: SeedDialsContext) {
    this.#context = context;
  }

  get size(): number {
    return this.#context.seeds.size;
  }

  /** When the next seed is due; undefined when all are under way, or there is none. */
  nextAtMs(): number | undefined {
    return this.#context.seeds.nextAtMs();
  }

  /** Adds a seed and dials it at once. Returns false when there are too many. */
  add(seed: string, now: number): boolean {
    if (!this.#context.seeds.add(seed, now)) return false;
    this.onTimeout(now);
    return true;
  }

  /** A member went: the seeds may know more. */
  hurry(now: number): void {
    this.#context.seeds.hurry(now);
  }

  /** We leave: no further address is dialled. */
  end(): void {
    this.#isEnded = true;
  }

  /** Begins an attempt for each seed that is due. */
  onTimeout(now: number): void {
    for (const seed of this.#context.seeds.takeDue(now)) {
      if (parseAddress(seed)?.hostType === "name") {
        this.#context.onEffect({ type: "lookup-seed", seed });
      } else this.#onAddresses(seed, [seed], now);
    }
  }

  onResolved(input: Extract<NativeInput, { type: "seed-resolved" }>, now: number): void {
    const addresses = input.addresses.slice(0, this.#context.limits.maxAddressesPerSeed);
    if (addresses.length > 0) return this.#onAddresses(input.seed, addresses, now);
    const outcome = this.#context.seeds.onFailed(input.seed, input.reason, now);
    const { cause } = input;
    this.#tell(outcome?.type === "seed-failed" ? { ...outcome, cause } : outcome);
  }

  /** A link that was opened for a seed has served, or failed with a reason. */
  onDialEnded(seed: string, failure: string | undefined, now: number): void {
    const { seeds } = this.#context;
    seeds.endDial();
    this.#tell(
      failure === undefined ? this.#answered(seed, now) : seeds.onFailed(seed, failure, now),
    );
    this.#dial(now);
  }

  /** A seed list that is the same on all peers holds our own address too: it is not dialled. */
  #onAddresses(seed: string, addresses: readonly string[], now: number): void {
    const { seeds } = this.#context;
    const others = addresses.filter((address) => address !== this.#context.address);
    if (others.length === 0) return this.#tell(this.#answered(seed, now));
    seeds.onResolved(seed, others);
    this.#dial(now);
  }

  #dial(now: number): void {
    const { seeds } = this.#context;
    while (!this.#isEnded) {
      const next = seeds.takeDial();
      if (next === undefined) return;
      // A seed that is listed is watched over and exchanged with as a member: were it dialled by all
      // in every period, what it has to do would grow with the cluster.
      if (!this.#context.isKnown(next.address)) {
        this.#context.open(next.address, next.seed, now);
        continue;
      }
      seeds.endDial();
      this.#tell(this.#answered(next.seed, now));
    }
  }

  /** Who is still alone asks again soon: it was itself that answered, or another that is alone. */
  #answered(seed: string, now: number): SeedOutcome | undefined {
    const { seeds, isAlone } = this.#context;
    return seeds.onAnswered(seed, !isAlone(), now);
  }

  #tell(outcome: SeedOutcome | undefined): void {
    if (outcome !== undefined) this.#context.onEffect(outcome);
  }
}
