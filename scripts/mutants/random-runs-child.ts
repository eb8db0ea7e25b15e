// Random runs in a process of their own, bundled with a mutant in place: one line of JSON for each run.
// The runs are made in a worker, so that one that does not end can be told from one that takes long.

import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { runRandom } from "../../src/simulator/random-run.js";
import type { RunLine, RunsOrder } from "./run-lines.js";

/** So much CPU time in one run, and it is taken for one that does not end. */
const HUNG_CPU_MS = 90_000;
const LOOK_PERIOD_MS = 1_000;

if (isMainThread) watch(JSON.parse(process.argv[2] ?? "{}") as RunsOrder);
else await makeRuns(workerData as RunsOrder);

/** Starts the runs, and writes down what comes of each. */
function watch(order: RunsOrder): void {
  let seed = order.firstSeed;
  let begunCpuMs = cpuMs();
  const worker = new Worker(new URL(import.meta.url), { workerData: order });
  const end = (line: RunLine): void => {
    print(line);
    process.exit();
  };
  const looking = setInterval(() => {
    if (cpuMs() - begunCpuMs > HUNG_CPU_MS) end({ seed, fault: "the run does not end" });
  }, LOOK_PERIOD_MS);
  worker.on("message", (line: RunLine) => {
    print(line);
    seed = line.seed + 1;
    begunCpuMs = cpuMs();
  });
  worker.on("error", (error) => end({ seed, fault: `it ends with ${String(error)}` }));
  worker.on("exit", () => clearInterval(looking));
}

/** What a run does that nobody waits for may fail after it: the next turn tells. */
async function makeRuns({ firstSeed, runs, cpuMs: budgetMs }: RunsOrder): Promise<void> {
  const endMs = cpuMs() + budgetMs;
  for (let seed = firstSeed; seed < firstSeed + runs && cpuMs() < endMs; seed += 1) {
    parentPort?.postMessage(oneRun(seed));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** This is the place that knows how a random run tells that it failed. */
function oneRun(seed: number): RunLine {
  try {
    const { violations, traceHash } = runRandom({ seed });
    const [first] = violations;
    if (first === undefined) return { seed, traceHash };
    return { seed, traceHash, fault: `${first.invariant}: ${first.message}` };
  } catch (error) {
    return { seed, fault: `it ends with ${error instanceof Error ? error.stack : String(error)}` };
  }
}

function print(line: RunLine): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
