// What was measured, in a file that is written after each mutant: hours are not lost with what comes last.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { KEPT_FOLDER } from "./cache.js";
import type { Measured } from "./measure.js";

/** Between the commands of a measurement that was made in several. */
const THEN = "`, then `";

/** How a measurement was made, and of how many runs without a mutant. */
export interface Conditions {
  /** The command; where it was made in several, all of them. */
  readonly command: string;
  readonly seed: number;
  /** Random runs without a mutant, and those of them that failed. */
  readonly withoutMutant: { readonly runs: number; readonly failed: number };
}

interface Kept extends Conditions {
  readonly measured: readonly Measured[];
}

function keptIn(file: string): Kept | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Kept) : undefined;
}

/** What was asked first, and then; who goes on with other judges alone makes no random runs. */
function continued(before: Conditions, { command, seed, withoutMutant }: Conditions): Conditions {
  const commands = before.command.split(THEN);
  return {
    command: [...commands, ...(commands.includes(command) ? [] : [command])].join(THEN),
    seed,
    withoutMutant: withoutMutant.runs > 0 ? withoutMutant : before.withoutMutant,
  };
}

/** The results of one kind of measurement. */
export class Results {
  readonly file: string;
  readonly conditions: Conditions;
  readonly #measured = new Map<string, Measured>();

  /** With `isResumed` it begins with what an earlier measurement of that kind found. */
  constructor(kind: string, conditions: Conditions, isResumed: boolean) {
    this.file = join(KEPT_FOLDER, `${kind}.json`);
    const kept = isResumed ? keptIn(this.file) : undefined;
    this.conditions = kept === undefined ? conditions : continued(kept, conditions);
    for (const one of kept?.measured ?? []) this.#measured.set(one.name, one);
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
