// The seed's rule for whom to exchange with next: the member untouched for longest, those never
// contacted first. Constant time, since a Map keeps the order in which its keys were put in.

import type { MemberBase } from "./member-base.js";

/** Members in the order in which their turn comes. */
export class Rotation {
  /** Last contact in milliseconds, by address, longest ago first. */
  readonly #contacts = new Map<string, number>();
  /** Listed, but never contacted. */
  readonly #untouched = new Set<string>();
  readonly #base: BaseRotation | undefined;

  /** With a base, its members are taken as contacted long ago, the one after `own` first. */
  constructor(base?: MemberBase, own?: string) {
    this.#base = base === undefined ? undefined : new BaseRotation(base, own ?? "");
  }

  /** Puts in a member that was never contacted: its turn is next. */
  addUntouched(address: string): void {
    if (!this.#contacts.has(address)) this.#untouched.add(address);
  }

  /** Notes a contact: an answer of that member to a request of ours. */
  touch(address: string, now: number): void {
    this.#base?.passOver(address);
    this.#untouched.delete(address);
    this.#contacts.delete(address);
    this.#contacts.set(address, now);
  }

  remove(address: string): void {
    this.#base?.passOver(address);
    this.#untouched.delete(address);
    this.#contacts.delete(address);
  }

  /** When there was last contact with that member; undefined when never. */
  lastContactMs(address: string): number | undefined {
    return this.#contacts.get(address);
  }

  /** The member whose turn it is, passing over those that `isBusy`. */
  next(isBusy: (address: string) => boolean): string | undefined {
    for (const address of this.#untouched) if (!isBusy(address)) return address;
    const fromBase = this.#base?.next(isBusy);
    if (fromBase !== undefined) return fromBase;
    for (const address of this.#contacts.keys()) if (!isBusy(address)) return address;
    return undefined;
  }
}

/** The part of a rotation that has not been touched since it was shared. */
class BaseRotation {
  readonly #base: MemberBase;
  readonly #start: number;
  readonly #passedOver = new Set<string>();
  #cursor = 0;

  constructor(base: MemberBase, own: string) {
    this.#base = base;
    this.#start = base.records.findIndex((record) => record.address === own) + 1;
    this.#passedOver.add(own);
  }

  /** That member has its place elsewhere from now on, or none. */
  passOver(address: string): void {
    if (this.#base.entries.has(address)) this.#passedOver.add(address);
  }

  next(isBusy: (address: string) => boolean): string | undefined {
    const { records } = this.#base;
    while (this.#cursor < records.length && this.#isPassedOver(this.#cursor)) this.#cursor += 1;
    for (let cursor = this.#cursor; cursor < records.length; cursor += 1) {
      const address = this.#at(cursor);
      if (!this.#isPassedOver(cursor) && !isBusy(address)) return address;
    }
    return undefined;
  }

  #isPassedOver(cursor: number): boolean {
    return this.#passedOver.has(this.#at(cursor));
  }

  #at(cursor: number): string {
    const { records } = this.#base;
    return records[(this.#start + cursor) % records.length]?.address ?? "";
  }
}
