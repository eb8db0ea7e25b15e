// `npm run fuzz [-- --minutes N --seed S]`: the tests of test/fuzz, each for that many minutes (1 unless
// given) and with another seed each time unless one is given. What fails says how to repeat it.
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: { minutes: { type: "string", default: "1" }, seed: { type: "string" } },
});
const minutes = Number(values.minutes);
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
if (!(minutes > 0) || !Number.isInteger(seed)) {
  console.error("--minutes must be a number above 0, and --seed a whole number");
  process.exitCode = 2;
} else {
  console.log(`Each test is tried for ${minutes} min, with the seed ${seed}.`);
  const env = {
    ...process.env,
    GOSSIP_FUZZ_MINUTES: String(minutes),
    GOSSIP_FUZZ_SEED: String(seed),
  };
  const args = ["vitest", "run", "--no-file-parallelism", "test/fuzz"];
  const { status } = spawnSync("npx", args, { stdio: "inherit", env });
  process.exitCode = status ?? 1;
}
