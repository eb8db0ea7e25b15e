// A set of strings that gives up a random element in constant time.

import { type Random, randomIndex } from "./random.js";

/** A set with constant-time add, delete and random choice. */
export class RandomSet {
  readonly #items: string[] = [];
  readonly #indexes = new Map<string, number>();

  get size(): number {
    return this.#items.length;
  }

  has(item: string): boolean {
    return this.#indexes.has(item);
  }

  /** Adds an item; does nothing when it is there. */
  add(item: string): void {
    if (this.#indexes.has(item)) return;
    this.#indexes.set(item, this.#items.length);
    this.#items.push(item);
  }

  /** Removes an item; returns whether it was there. */
  delete(item: string): boolean {
    const index = this.#indexes.get(item);
    if (index === undefined) return false;
    this.#indexes.delete(item);
    const last = this.#items.pop();
    if (last !== undefined && last !== item) {
      this.#items[index] = last;
      this.#indexes.set(last, index);
    }
    return true;
  }

  /** One of the items, each as likely as any other; undefined when there are none. */
  pick(random: Random): string | undefined {
    return this.#items[randomIndex(this.#items.length, random)];
  }
}
