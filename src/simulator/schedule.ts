// What is to happen, in the order of virtual time; at equal times in the order in which it was put
// in. A binary heap.

/** Something that is to happen; it can be taken back. */
export interface Scheduled {
  readonly atMs: number;
  readonly order: number;
  /** Undefined once it was taken back. */
  run: (() => void) | undefined;
}

/** The future of a simulation. */
export class Schedule {
  readonly #heap: Scheduled[] = [];
  #order = 0;

  get size(): number {
    return this.#heap.length;
  }

  /** Puts in something to happen at `atMs`. */
  add(atMs: number, run: () => void): Scheduled {
    this.#order += 1;
    const scheduled: Scheduled = { atMs, order: this.#order, run };
    this.#heap.push(scheduled);
    this.#siftUp(scheduled, this.#heap.length - 1);
    return scheduled;
  }

  /** Takes something back. */
  cancel(scheduled: Scheduled): void {
    scheduled.run = undefined;
  }

  /** When the next thing happens; undefined when nothing will. */
  nextAtMs(): number | undefined {
    this.#dropCancelled();
    return this.#heap[0]?.atMs;
  }

  /** Takes out what happens next, where that is not after `untilMs`. */
  take(untilMs = Number.POSITIVE_INFINITY): Scheduled | undefined {
    this.#dropCancelled();
    const first = this.#heap[0];
    return first === undefined || first.atMs > untilMs ? undefined : this.#pop();
  }

  #dropCancelled(): void {
    while (this.#heap.length > 0 && this.#heap[0]?.run === undefined) this.#pop();
  }

  #pop(): Scheduled | undefined {
    const first = this.#heap[0];
    const last = this.#heap.pop();
    if (first === undefined || last === undefined) return undefined;
    if (this.#heap.length > 0) this.#siftUp(last, this.#siftDownHole());
    return first;
  }

  /** Moves an item up from a place that is free, to where it belongs. */
  #siftUp(item: Scheduled, start: number): void {
    const heap = this.#heap;
    let index = start;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = heap[parentIndex];
      if (parent === undefined || !isBefore(item, parent)) break;
      heap[index] = parent;
      index = parentIndex;
    }
    heap[index] = item;
  }

  /**
   * Moves the free place at the top down to a leaf, and returns where it is then. What comes there was
   * at the bottom and mostly belongs there: to compare it on the way down would be for nothing.
   */
  #siftDownHole(): number {
    const heap = this.#heap;
    const { length } = heap;
    let index = 0;
    for (;;) {
      let childIndex = 2 * index + 1;
      if (childIndex >= length) return index;
      let child = heap[childIndex];
      const right = childIndex + 1 < length ? heap[childIndex + 1] : undefined;
      if (child === undefined) return index;
      if (right !== undefined && isBefore(right, child)) {
        child = right;
        childIndex += 1;
      }
      heap[index] = child;
      index = childIndex;
    }
  }
}

function isBefore(a: Scheduled, b: Scheduled): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
