// A plugin of StrykerJS: of the mutants in the parts of files that are mutated it lets pass those of the
// sample alone. The others are not tried, and are reported as if they did not compile.

import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { type Checker, type CheckResult, CheckStatus } from "@stryker-mutator/api/check";
import type { Mutant } from "@stryker-mutator/api/core";
import { declareClassPlugin, PluginKind } from "@stryker-mutator/api/plugin";
import { mutantKey, SAMPLE_VARIABLE } from "./mutant-key.js";

class SampleChecker implements Checker {
  #keys: ReadonlySet<string> = new Set();

  async init(): Promise<void> {
    const file = process.env[SAMPLE_VARIABLE] ?? "";
    this.#keys = new Set(JSON.parse(readFileSync(file, "utf8")) as string[]);
  }

  async check(mutants: Mutant[]): Promise<Record<string, CheckResult>> {
    return Object.fromEntries(mutants.map((mutant) => [mutant.id, this.#resultOf(mutant)]));
  }

  #resultOf({ fileName, mutatorName, location, replacement }: Mutant): CheckResult {
    const file = relative(process.cwd(), fileName);
    const isSampled = this.#keys.has(mutantKey(file, mutatorName, location.start, replacement));
    if (isSampled) return { status: CheckStatus.Passed };
    return { status: CheckStatus.CompileError, reason: "it is not in the sample" };
  }
}

/** What StrykerJS looks for in a plugin. */
export const strykerPlugins = [declareClassPlugin(PluginKind.Checker, "sample", SampleChecker)];
