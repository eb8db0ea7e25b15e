// The order of the tests of a mutant: those of its own folder first, and last those of test/, which take
// longest. The first that fails ends them.

import { dirname, relative } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { mutantPatch } from "./vite-plugin.js";

/** Puts the files of tests into that order. */
export class NearestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const folder = dirname(mutantPatch()?.file ?? "");
    const rank = ({ moduleId }: TestSpecification): number => {
      const file = relative(process.cwd(), moduleId);
      if (dirname(file) === folder) return 0;
      return file.startsWith("src") ? 1 : 2;
    };
    return [...files].sort((a, b) => rank(a) - rank(b) || (a.moduleId < b.moduleId ? -1 : 1));
  }
}
