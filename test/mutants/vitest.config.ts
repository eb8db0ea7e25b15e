// The tests that a mutant of src/core or src/wire has to get by: those beside the source, and those of
// test/ that are about the core. Not the random runs, which are asked apart; and not the hashes of whole
// runs, which say that something is different, and not that it is wrong.
import { defineConfig } from "vitest/config";
import { NearestFirst } from "../../scripts/mutants/nearest-first.js";
import { mutantPlugin } from "../../scripts/mutants/vite-plugin.js";
import base from "../../vitest.config.js";

/** Only those beside the source; StrykerJS runs them time and again. */
const isBeside = process.env["GOSSIP_MUTANT_TESTS"] === "beside";
const BESIDE = ["src/core/**/*.test.ts", "src/wire/**/*.test.ts"];
const ACROSS = [
  "test/native/*.test.ts",
  "test/limits/{limits,fixed-bounds}.test.ts",
  "test/fuzz/{merging,decoding}.test.ts",
  "test/bad-input/{hearsay,later-frames,records,versions}.test.ts",
  "test/simulator/{record-order,example}.test.ts",
];

export default defineConfig({
  resolve: base.resolve ?? {},
  plugins: [mutantPlugin()],
  test: {
    include: isBeside ? BESIDE : [...BESIDE, ...ACROSS],
    pool: "forks",
    // Half of the time goes into loading the same files anew; the core keeps nothing from one test to another.
    isolate: false,
    sequence: { sequencer: NearestFirst },
    // Beside other work tests take long: that is no finding.
    testTimeout: 600_000,
  },
});
