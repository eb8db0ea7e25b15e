// A process that makes random runs for `gossip simulate --runs`, one after another. It imports what
// it measures only once coverage has begun, so that nothing of it is missed.

import { setImmediate as nextTurn } from "node:timers/promises";
import { thrownStack } from "../core/thrown.js";
import { takeCoverage } from "./run-coverage.js";
import { brokenRun, type RunOrder, type RunOutcome, type RunReport } from "./run-messages.js";

const coverage = process.argv.includes("--coverage") ? takeCoverage() : undefined;
const loading = Promise.all([
  import("../simulator/random-run.js"),
  import("../simulator/shrink.js"),
  import("../simulator/story.js"),
]);

async function obey(order: RunOrder): Promise<void> {
  if (order.type === "end") return await end();
  await tell({ type: "ran", outcome: await run(order.seed, order.peers) });
  // What a run's peers left to be done after it keeps its whole simulation in memory until then.
  await nextTurn();
}

/** Makes one run. What it throws is a failure of the run, and not the end of all others. */
async function run(seed: number, peers: number | undefined): Promise<RunOutcome> {
  const [{ runRandom }, { replayCommand, shrink }, { storyOf }] = await loading;
  try {
    const result = runRandom({ seed, peers });
    const { fired, violations, known, traceHash } = result;
    const outcome = { seed, fired, violations, known, traceHash, error: undefined };
    if (violations.length === 0) return { ...outcome, replay: undefined, story: [] };
    const smallest = shrink(result);
    return { ...outcome, replay: replayCommand(smallest), story: storyOf(smallest) };
  } catch (error) {
    const text = thrownStack(error);
    return brokenRun(seed, peers, text);
  }
}

async function end(): Promise<void> {
  if (coverage !== undefined) await tell({ type: "coverage", scripts: coverage.take() });
  process.disconnect();
}

/** Resolves once it is on its way. */
function tell(report: RunReport): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined) throw new Error("a worker is started by a pool alone");
    process.send(report, () => resolve());
  });
}

let turn = loading.then(() => tell({ type: "ready" }));
process.on("message", (order: RunOrder) => {
  turn = turn.then(() => obey(order));
});
// Whoever wanted the runs is gone, or has all of them.
process.on("disconnect", () => process.exit());
