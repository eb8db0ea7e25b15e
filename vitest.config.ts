// How the tests run: `npm test` here, `npm run test:node` on other versions of Node.
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: {
    alias: [
      // Tests and examples import the package by its name, as users do.
      { find: /^gossip$/, replacement: fileURLToPath(new URL("src/index.ts", import.meta.url)) },
      {
        find: /^gossip\/simulator$/,
        replacement: fileURLToPath(new URL("src/simulator/index.ts", import.meta.url)),
      },
      {
        find: /^gossip\/metrics$/,
        replacement: fileURLToPath(new URL("src/metrics/index.ts", import.meta.url)),
      },
      {
        find: /^gossip\/admin$/,
        replacement: fileURLToPath(new URL("src/admin/index.ts", import.meta.url)),
      },
    ],
  },
  test: {
    pool: "forks",
    testTimeout: 30_000,
    hookTimeout: 30_000,
    teardownTimeout: 10_000,
    reporters: ["default", "./scripts/totals-reporter.ts"],
    projects: [
      {
        extends: true,
        test: {
          name: "tests",
          include: ["src/**/*.test.ts", "test/**/*.test.ts"],
          exclude: ["test/truth/**", "test/browser/**", "test/faults/**"],
          sequence: { groupOrder: 0 },
        },
      },
      {
        // It compares with what real processes take, so it has the machine to itself, at the end.
        extends: true,
        test: { name: "truth", include: ["test/truth/**/*.test.ts"], sequence: { groupOrder: 1 } },
      },
    ],
  },
});
