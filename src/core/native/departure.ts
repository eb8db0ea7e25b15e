// Our own leaving: who has to be told, and when it ends, told or not.

/** How a departure ended: so many neighbours have answered since they were told, so many not. */
export interface DepartureEnd {
  readonly told: number;
  readonly untold: number;
}

/** A peer's leaving, which begins at most once. */
export class Departure {
  readonly #untold = new Set<string>();
  readonly #onEnded: (end: DepartureEnd) => void;
  #endsAtMs: number | undefined;
  #lastSeq = 0;
  #told = 0;
  #hasEnded = false;

  constructor(onEnded: (end: DepartureEnd) => void) {
    this.#onEnded = onEnded;
  }

  get isBegun(): boolean {
    return this.#endsAtMs !== undefined;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** When it ends, whoever was told by then; never, before it begins. */
  get endsAtMs(): number {
    return this.#endsAtMs ?? Number.POSITIVE_INFINITY;
  }

  /** Each of these is told; the answer to a probe after `lastSeq`, the latest before, shows that it heard. */
  begin(addresses: readonly string[], lastSeq: number, endsAtMs: number): void {
    this.#lastSeq = lastSeq;
    this.#endsAtMs = endsAtMs;
    for (const address of addresses) this.#untold.add(address);
    if (this.#untold.size === 0) this.#end();
  }

  onAnswered(address: string, seq: number): void {
    // What was under way before says nothing of whether it heard.
    if (seq <= this.#lastSeq || !this.#untold.delete(address)) return;
    this.#told += 1;
    if (this.#untold.size === 0) this.#end();
  }

  /** Who goes too is not waited for. */
  onGone(address: string): void {
    if (this.#untold.delete(address) && this.#untold.size === 0) this.#end();
  }

  onTimeout(now: number): void {
    if (now >= this.endsAtMs) this.#end();
  }

  #end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#onEnded({ told: this.#told, untold: this.#untold.size });
  }
}
