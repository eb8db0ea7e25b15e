// One random run: a small cluster, a plan of faults, all invariants, and at the end agreement. A run
// that fails is shrunk to the faults that matter, and named by the command that repeats it.

import { randomIndex } from "../core/random.js";
import type { FailureDetection } from "../peer/options.js";
import { type Costs, MEASURED_COSTS } from "./costs.js";
import { applyFaultPlan, drawFaultPlan, type PlannedKind } from "./fault-plan.js";
import { InvariantChecker } from "./invariants.js";
import { NativeInvariantChecker } from "./native-invariants.js";
import { forkRandom } from "./random.js";
import { Simulator } from "./simulator.js";
import type { Violation } from "./violation.js";

/** Which run; all that is not given is drawn from the seed. */
export interface RandomRunOptions {
  readonly seed: number;
  readonly peers?: number | undefined;
  /** Which protocol the peers speak; the command that repeats a run knows the drawn one only. */
  readonly failureDetection?: FailureDetection | undefined;
  /** The numbers of the plan's faults that happen; all of them by default. */
  readonly faults?: readonly number[] | undefined;
  /** What CPU and bytes things cost. Default: as measured. */
  readonly costs?: Costs | undefined;
}

/** What came of a run. */
export interface RandomRunResult {
  readonly seed: number;
  readonly peers: number;
  readonly failureDetection: FailureDetection;
  /** How many faults the plan has; their numbers begin at 0. */
  readonly planned: number;
  /** The faults of the plan that were to happen, by number. */
  readonly faults: readonly number[];
  readonly fired: readonly PlannedKind[];
  readonly violations: readonly Violation[];
  readonly traceHash: string;
  readonly steps: number;
}

const FAULTS_END_MS = 20_000;
const AGREEMENT_WITHIN_MS = 60_000;
const PING_PERIOD_MS = 200;

/** Makes one run. The same options give the same result, to the last step. */
export function runRandom(options: RandomRunOptions): RandomRunResult {
  const { seed } = options;
  const random = forkRandom(seed, "shape");
  // Drawn even where it is given, so that naming the number that was drawn changes nothing else.
  const drawnPeers = 2 + Math.floor(random() * 7);
  const failureDetection = options.failureDetection ?? drawFailureDetection(seed);
  const peers = options.peers ?? drawLargeCluster(seed, failureDetection) ?? drawnPeers;
  const count = 2 + Math.floor(random() * 10);
  const plan = drawFaultPlan(seed, { peers, count, endMs: FAULTS_END_MS });
  const chosen = plan.filter(({ number }) => options.faults?.includes(number) ?? true);
  const originals = drawOriginals(seed);
  const last = peers + originals - 1;
  const sim = new Simulator({
    seed,
    peers,
    originals,
    // The first and the last know each other, and all others know both: whoever comes back to an
    // empty memory has somebody to ask, of either kind.
    seedsOf: (index) => [0, last].filter((seedIndex) => seedIndex !== index),
    options: { pingPeriodMs: PING_PERIOD_MS, failureDetection },
    costs: options.costs ?? MEASURED_COSTS,
    network: { latency: { oneWayMs: 0.5 + 20 * random() * random(), jitterMs: 1 } },
  });
  const isNative = failureDetection === "suspicion";
  const checker = isNative ? new NativeInvariantChecker(sim) : new InvariantChecker(sim);
  sim.observe(checker);
  const fired: PlannedKind[] = [];
  applyFaultPlan(sim, chosen, (kind) => fired.push(kind));
  sim.runFor(FAULTS_END_MS);
  endFaults(sim, [0, last]);
  checker.checkAgreement(AGREEMENT_WITHIN_MS);
  return {
    seed,
    peers,
    failureDetection,
    planned: plan.length,
    faults: chosen.map(({ number }) => number),
    fired,
    violations: checker.violations,
    traceHash: sim.traceHash,
    steps: sim.steps,
  };
}

/** The command that repeats a run. */
export function replayCommand(result: RandomRunResult): string {
  const faults = result.faults.length === 0 ? "none" : result.faults.join(",");
  return `gossip simulate --seed ${result.seed} --peers ${result.peers} --faults ${faults}`;
}

/**
 * The smallest run that still fails in the same way: faults are left out one by one for as long as
 * what remains breaks the same invariant.
 */
export function shrink(failed: RandomRunResult): RandomRunResult {
  const invariant = failed.violations[0]?.invariant;
  const { seed, peers, failureDetection } = failed;
  let smallest = failed;
  for (let isSmaller = true; isSmaller; ) {
    isSmaller = false;
    for (const left of smallest.faults) {
      const faults = smallest.faults.filter((number) => number !== left);
      const result = runRandom({ seed, peers, failureDetection, faults });
      if (result.violations[0]?.invariant !== invariant) continue;
      smallest = result;
      isSmaller = true;
      break;
    }
  }
  return smallest;
}

/** One run in eight follows the seed's rule. */
function drawFailureDetection(seed: number): FailureDetection {
  return forkRandom(seed, "protocol")() < 1 / 8 ? "immediate" : "suspicion";
}

/** One native run in twelve has so many peers that not all are linked to all. */
function drawLargeCluster(seed: number, detection: FailureDetection): number | undefined {
  const random = forkRandom(seed, "large cluster");
  if (detection === "immediate" || random() >= 1 / 12) return undefined;
  return 10 + randomIndex(15, random);
}

/** Two runs in three are of our peers alone. */
function drawOriginals(seed: number): number {
  const random = forkRandom(seed, "originals");
  return random() < 2 / 3 ? 0 : 1 + Math.floor(random() * 3);
}

function endFaults(sim: Simulator, seeds: readonly number[]): void {
  sim.heal();
  for (const peer of sim.peers) {
    if (peer.host.isPaused) sim.resume(peer);
    if (peer.host.isBlocked) sim.unblock(peer);
    if (peer.host.cpuFactor !== 1) sim.slow(peer, 1);
    if (peer.host.clockRate !== 1) sim.driftClock(peer, 1);
  }
  // The seeds are there in the end: others that came back to an empty memory know nobody else.
  for (const index of seeds) {
    const process = sim.processes[index];
    if (process !== undefined && !process.isRunning) sim.restart(process);
  }
}
