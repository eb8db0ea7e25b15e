// A vitest reporter that ends the run with the table of what was done and seen.

import Table from "cli-table3";
import type { Reporter, TestModule } from "vitest/node";

export default class TableReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const table = new Table({
      head: ["fault", "what the agents saw, and when"],
      style: { head: [], border: [] },
    });
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { faultRow } = test.meta();
        if (faultRow !== undefined) table.push([faultRow.fault, faultRow.story.join("\n")]);
      }
    }
    if (table.length > 0) process.stdout.write(`\n${table.toString()}\n`);
  }
}
