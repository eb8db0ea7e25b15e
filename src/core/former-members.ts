// The members of an earlier boot, or of a time too long ago, that were not met since. They are looked for as those who are
// gone are, until they expire: so a cluster that was restarted whole finds itself again.

import type { Limits } from "./limits.js";
import { type Random, randomIndex } from "./random.js";
import type { KeptMember } from "./snapshot.js";

/** Looked for at once while nobody is there; once somebody is, one after another. */
const SOUGHT_ALONE = 16;

/** Those who were members, and may be again. */
export class FormerMembers {
  readonly #limit: number;
  readonly #untilMs = new Map<string, number>();

  constructor(
    members: readonly KeptMember[],
    { maxFormerMembers }: Pick<Limits, "maxFormerMembers">,
    now: number,
  ) {
    this.#limit = maxFormerMembers;
    for (const member of members) this.add(member, now);
  }

  /** Is to be looked for from now on, as far as there is room. */
  add({ address, remainingMs }: KeptMember, now: number): void {
    if (this.#untilMs.size < this.#limit) this.#untilMs.set(address, now + remainingMs);
  }

  get size(): number {
    return this.#untilMs.size;
  }

  has(address: string): boolean {
    return this.#untilMs.has(address);
  }

  /** More is known of it by now than that it was there once. */
  delete(address: string): void {
    this.#untilMs.delete(address);
  }

  /** Those to look for now, drawn at random. */
  take(isAlone: boolean, random: Random, now: number): string[] {
    for (const [address, untilMs] of this.#untilMs) if (untilMs <= now) this.delete(address);
    const left = [...this.#untilMs.keys()];
    const count = Math.min(left.length, isAlone ? SOUGHT_ALONE : 1);
    return Array.from({ length: count }, () => {
      const [address = ""] = left.splice(randomIndex(left.length, random), 1);
      return address;
    });
  }

  /** What of it the next boot has to know. */
  *kept(now: number): Generator<KeptMember> {
    for (const [address, untilMs] of this.#untilMs) yield { address, remainingMs: untilMs - now };
  }
}
