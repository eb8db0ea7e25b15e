// A vitest reporter that ends the run with one line that people and programs can read:
// "123 passed, 0 failed", with ", 4 skipped" after it if any were.
import type { Reporter, SerializedError, TestModule } from "vitest/node";

export default class TotalsReporter implements Reporter {
  onTestRunEnd(
    modules: readonly TestModule[],
    unhandledErrors: readonly SerializedError[],
    reason: "passed" | "interrupted" | "failed",
  ): void {
    const totals = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        totals[test.result().state] += 1;
      }
      // A file that does not load, or a hook that throws, fails without any test having failed.
      totals.failed += module.errors().length;
      for (const suite of module.children.allSuites()) {
        totals.failed += suite.errors().length;
      }
    }
    const unfinished = reason === "interrupted" ? Math.max(totals.pending, 1) : totals.pending;
    const failed = totals.failed + unhandledErrors.length + unfinished;
    const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : "";
    process.stdout.write(`\n${totals.passed} passed, ${failed} failed${skipped}\n`);
  }
}
