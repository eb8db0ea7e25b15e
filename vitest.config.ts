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
    ],
  },
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    pool: "forks",
    testTimeout: 30_000,
    hookTimeout: 30_000,
    teardownTimeout: 10_000,
    reporters: ["default", "./scripts/totals-reporter.ts"],
  },
});
