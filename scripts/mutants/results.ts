// What was measured, in a file that is written after each mutant: hours are not lost with what comes last.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { KEPT_FOLDER } from "./cache.js";
import type { Measured } from "./measure.js";

/** How a measurement was made, and of how many runs without a mutant. */
export interface Conditions {
  readonly command: string;
  readonly seed: number;
  /** Random runs without a mutant, and those of them that failed. */
  readonly withoutMutant: { readonly runs: number; readonly failed: number };
}

interface Kept extends Conditions {
  readonly measured: readonly Measured[];
}

/** The results of one kind of measurement. */
export class Results {
  readonly file: string;
  readonly conditions: Conditions;
  readonly #measured = new Map<string, Measured>();

  /** With `isResumed` it begins with what an earlier measurement of that kind found. */
  constructor(kind: string, conditions: Conditions, isResumed: boolean) {
    this.file = join(KEPT_FOLDER, `${kind}.json`);
    this.conditions = conditions;
    if (!isResumed || !existsSync(this.file)) return;
    const { measured } = JSON.parse(readFileSync(this.file, "utf8")) as Kept;
    for (const one of measured) this.#measured.set(one.name, one);
  }

  get all(): readonly Measured[] {
    return [...this.#measured.values()];
  }

  of(name: string): Measured | undefined {
    return this.#measured.get(name);
  }

  add(measured: Measured): void {
    this.#measured.set(measured.name, measured);
    const kept: Kept = { ...this.conditions, measured: this.all };
    writeFileSync(this.file, `${JSON.stringify(kept, undefined, 2)}\n`);
  }
}
