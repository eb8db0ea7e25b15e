// What happened, for those who watch: a bounded log that all watchers share. A watcher holds nothing
// but its position in it, so one that is slow, or gone, costs no more than that.

/** Entries in the order in which they came, each at a position of its own; the oldest go first. */
export class ChangeLog<T> {
  readonly #epoch: string;
  readonly #maxEntries: number;
  /** Up to twice as many as may be read: see `append`. */
  #entries: T[] = [];
  /** The position of the first of them. */
  #first = 0;
  readonly #waiting = new Set<() => void>();
  #isClosed = false;

  /** The epoch tells the positions of this log from those of another, such as one before a restart. */
  constructor(epoch: string, maxEntries: number) {
    this.#epoch = epoch;
    this.#maxEntries = maxEntries;
  }

  /** The position of the oldest entry that can be read. */
  get begin(): number {
    return Math.max(this.#first, this.end - this.#maxEntries);
  }

  /** The position that the next entry will have. */
  get end(): number {
    return this.#first + this.#entries.length;
  }

  /** True once no more entries come. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  append(entry: T): void {
    this.#entries.push(entry);
    // In halves, so that an append costs the same however many are kept.
    if (this.#entries.length >= 2 * this.#maxEntries) {
      this.#first += this.#entries.length - this.#maxEntries;
      this.#entries = this.#entries.slice(-this.#maxEntries);
    }
    this.#wake();
  }

  /** No more entries come: whoever waits is woken. */
  close(): void {
    this.#isClosed = true;
    this.#wake();
  }

  /** The entries from that position on. */
  since(position: number): readonly T[] {
    return this.#entries.slice(Math.max(position, this.begin) - this.#first);
  }

  /** The position as text, for a watcher that resumes. */
  cursorOf(position: number): string {
    return `${this.#epoch}.${position}`;
  }

  /** The position of a cursor; undefined for one that is of another log, or none at all. */
  positionOf(cursor: string): number | undefined {
    const [epoch, position = "", ...rest] = cursor.split(".");
    if (epoch !== this.#epoch || rest.length > 0 || !/^\d{1,15}$/.test(position)) return undefined;
    return Number(position) <= this.end ? Number(position) : undefined;
  }

  /** Resolves when there is an entry at that position or after it, at the close, or at the abort. */
  async reaches(position: number, signal: AbortSignal): Promise<void> {
    while (this.end <= position && !this.#isClosed && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.#waiting.delete(wake);
          signal.removeEventListener("abort", wake);
          resolve();
        };
        this.#waiting.add(wake);
        signal.addEventListener("abort", wake);
      });
    }
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }
}
