// How `npm run test:faults` runs: apart from the other tests, since it needs root and minutes.
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  root: fileURLToPath(new URL("../..", import.meta.url)),
  test: {
    name: "faults",
    include: ["test/faults/**/*.test.ts"],
    pool: "forks",
    // The tests of one file run beside each other; more files at once would be too much for two cores.
    maxWorkers: 2,
    reporters: ["default", "./test/faults/support/table-reporter.ts"],
  },
});
