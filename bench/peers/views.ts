// What the members of a host list, and who waits for it: each event costs a step of constant length,
// so that watching weighs little in what is measured.

import type { HostRequest } from "./messages.js";

/** A condition on what all members of a host know. */
export type Condition = Extract<
  HostRequest,
  { readonly type: "await-listed" | "await-updated" | "await-gone" }
>;

interface Wait {
  readonly condition: Condition;
  readonly seen: Set<number>;
  readonly onMet: () => void;
}

/** What each member of a host lists. */
export class Views {
  readonly #lists = new Map<number, Set<number>>();
  /** How many members list so many. */
  readonly #bySize = new Map<number, number>();
  /** How many others list it. */
  readonly #bySubject = new Map<number, number>();
  readonly #gones = new Map<number, number>();
  #waits: Wait[] = [];

  /** Adds a member of this host, which lists itself. */
  add(observer: number): void {
    this.#lists.set(observer, new Set([observer]));
    count(this.#bySize, 1, 1);
    this.#check();
  }

  listed(observer: number, subject: number): void {
    const list = this.#lists.get(observer);
    if (list === undefined || list.has(subject)) return;
    this.#resize(list, () => list.add(subject));
    count(this.#bySubject, subject, 1);
    this.#check();
  }

  gone(observer: number, subject: number): void {
    const list = this.#lists.get(observer);
    if (list === undefined || observer === subject || !list.has(subject)) return;
    this.#resize(list, () => list.delete(subject));
    count(this.#bySubject, subject, -1);
    count(this.#gones, subject, 1);
    this.#check();
  }

  updated(observer: number, subject: number): void {
    for (const { condition, seen } of this.#waits) {
      const isMeant = condition.type === "await-updated" && condition.member === subject;
      if (isMeant && observer !== subject) seen.add(observer);
    }
    this.#check();
  }

  /** Resolves once the condition is met. */
  met(condition: Condition): Promise<void> {
    return new Promise((resolve) => {
      this.#waits.push({ condition, seen: new Set(), onMet: resolve });
      this.#check();
    });
  }

  /** How often each member was taken off a list. */
  gones(): Record<string, number> {
    return Object.fromEntries(this.#gones);
  }

  #resize(list: ReadonlySet<number>, change: () => void): void {
    count(this.#bySize, list.size, -1);
    change();
    count(this.#bySize, list.size, 1);
  }

  #check(): void {
    if (this.#waits.length === 0) return;
    const met = this.#waits.filter((wait) => this.#isMet(wait));
    if (met.length === 0) return;
    this.#waits = this.#waits.filter((wait) => !met.includes(wait));
    for (const { onMet } of met) onMet();
  }

  #isMet({ condition, seen }: Wait): boolean {
    switch (condition.type) {
      case "await-listed":
        return this.#lists.size > 0 && this.#bySize.get(condition.size) === this.#lists.size;
      case "await-updated":
        return seen.size >= this.#lists.size - (this.#lists.has(condition.member) ? 1 : 0);
      case "await-gone":
        return (this.#bySubject.get(condition.member) ?? 0) === 0;
      default:
        return condition satisfies never;
    }
  }
}

function count(counts: Map<number, number>, key: number, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}
