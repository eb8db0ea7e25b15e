// The seed's rule for whom to exchange with next: the member untouched for longest, those never
// contacted first. Constant time, since a Map keeps the order in which its keys were put in.

/** Members in the order in which their turn comes. */
export class Rotation {
  /** Last contact in milliseconds, by address, longest ago first. */
  readonly #contacts = new Map<string, number>();
  /** Listed, but never contacted. */
  readonly #untouched = new Set<string>();

  get size(): number {
    return this.#contacts.size + this.#untouched.size;
  }

  /** Puts in a member that was never contacted: its turn is next. */
  addUntouched(address: string): void {
    if (!this.#contacts.has(address)) this.#untouched.add(address);
  }

  /** Notes a contact: an answer of that member to a request of ours. */
  touch(address: string, now: number): void {
    this.#untouched.delete(address);
    this.#contacts.delete(address);
    this.#contacts.set(address, now);
  }

  remove(address: string): void {
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
    for (const address of this.#contacts.keys()) if (!isBusy(address)) return address;
    return undefined;
  }
}
