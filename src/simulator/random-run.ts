// One random run: a small cluster in a random world, a plan of faults, every checker, at the end
// agreement, and then some acts in a calm world.

import type { FailureDetection } from "../peer/options.js";
import { CheckerSet } from "./checkers/checker-set.js";
import type { Violation } from "./checkers/violation.js";
import { type Costs, MEASURED_COSTS } from "./costs.js";
import { playEpilogue } from "./epilogue.js";
import { applyFaultPlan, drawFaultPlan, type PlannedKind, type Stage } from "./fault-plan.js";
import { type FailedRun, knownFailureOf } from "./known-failures.js";
import { forkRandom } from "./random.js";
import { drawShape, type RunShape } from "./run-shape.js";
import type { SimPeer } from "./sim-peer.js";
import { Simulator, type StepObserver } from "./simulator.js";

/** Which run; all that is not given is drawn from the seed. */
export interface RandomRunOptions {
  readonly seed: number;
  readonly peers?: number | undefined;
  /** Which protocol the peers speak; the command that repeats a run knows the drawn one only. */
  readonly failureDetection?: FailureDetection | undefined;
  /** The numbers of the plan's faults that happen; all of them by default. */
  readonly faults?: readonly number[] | undefined;
  /** The time, in milliseconds, from which on no fault begins. Default: when the run's faults end. */
  readonly faultsForMs?: number | undefined;
  /** What CPU and bytes things cost. Default: as measured. */
  readonly costs?: Costs | undefined;
  /** Told of each step, beside the checkers. */
  readonly observer?: StepObserver | undefined;
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
  /** The time from which on no fault began, where that was given. */
  readonly faultsForMs: number | undefined;
  readonly fired: readonly PlannedKind[];
  readonly violations: readonly Violation[];
  /** The names of the known failures that the run met; see `known-failures.ts`. */
  readonly known: readonly string[];
  readonly traceHash: string;
  readonly steps: number;
}

/** How long all may take to agree once the faults have ended, in a run with short ping periods. */
const AGREEMENT_WITHIN_MS = 60_000;
const AGREEMENT_PERIODS = 300;
/** How long nothing happens before it is asked what a cluster at rest costs, in ping periods. */
const SETTLE_PERIODS = 50;
const SEED_NAME = "seeds.test";
const SEED_PORT = 7_946;
const PROBE_TIMEOUT_MS = 500;

/** Makes one run. The same options give the same result, to the last step. */
export function runRandom(options: RandomRunOptions): RandomRunResult {
  const { seed } = options;
  const shape = drawShape(options);
  const { faultsForMs, observer } = options;
  const plan = drawFaultPlan(seed, { endMs: shape.faultsEndMs });
  const chosen = plan
    .filter(({ number }) => options.faults?.includes(number) ?? true)
    .filter(({ atMs }) => atMs < (faultsForMs ?? Number.POSITIVE_INFINITY));
  const world = new RandomWorld(seed, shape, options.costs ?? MEASURED_COSTS);
  const { sim, checkers } = world;
  if (observer !== undefined) sim.observe(observer);
  const fired: PlannedKind[] = [];
  applyFaultPlan(world.stage, chosen, (kind) => fired.push(kind));
  sim.runFor(Math.min(shape.faultsEndMs, faultsForMs ?? shape.faultsEndMs));
  world.endFaults();
  const withinMs = Math.max(AGREEMENT_WITHIN_MS, AGREEMENT_PERIODS * shape.pingPeriodMs);
  if (checkers.checkAgreement(withinMs) !== undefined) {
    sim.runFor(SETTLE_PERIODS * shape.pingPeriodMs);
    checkers.checkAtRest();
    playEpilogue(world.stage, forkRandom(seed, "epilogue"));
  }
  return {
    seed,
    peers: shape.peers,
    failureDetection: shape.failureDetection,
    planned: plan.length,
    faults: chosen.map(({ number }) => number),
    faultsForMs,
    fired,
    ...judged(checkers.violations, { shape, fired }),
    traceHash: sim.traceHash,
    steps: sim.steps,
  };
}

/** What is new of what was broken, and the names of what is known. */
function judged(violations: readonly Violation[], run: FailedRun) {
  const known = new Set<string>();
  const fresh = violations.filter((violation) => {
    const failure = knownFailureOf(violation, run);
    if (failure !== undefined) known.add(failure.name);
    return failure === undefined;
  });
  return { violations: fresh, known: [...known] };
}

/** The world of one run. */
class RandomWorld {
  readonly sim: Simulator;
  readonly checkers: CheckerSet;
  readonly stage: Stage;
  readonly #shape: RunShape;
  /** The peers that others are told of as seeds, by index, of each of the two clusters. */
  readonly #seeds: readonly [readonly number[], readonly number[]];

  constructor(seed: number, shape: RunShape, costs: Costs) {
    this.#shape = shape;
    const { peers, originals, strangers, pingPeriodMs } = shape;
    const ours = peers - strangers;
    // The first and the last know each other, and all others know both: whoever comes back to an
    // empty memory has somebody to ask, of either kind. A twin is nobody to ask.
    const last = originals > 0 ? peers + originals - 1 : ours - 1 - (shape.hasTwin ? 1 : 0);
    this.#seeds = [[0, last], [ours]];
    this.sim = this.#simulator(seed, costs);
    const { sim } = this;
    const strangerSeeds = strangers > 0 ? [sim.peer(ours).address] : [];
    this.checkers = new CheckerSet(sim, {
      pingPeriodMs,
      probeTimeoutMs: PROBE_TIMEOUT_MS,
      limits: shape.limits,
      clusterOf: (peer) => (this.#isStranger(peer, ours) ? 1 : 0),
    });
    sim.observe(this.checkers);
    this.stage = {
      sim,
      pingPeriodMs,
      otherSeeds: strangerSeeds,
      seedName: SEED_NAME,
      seedIps: shape.usesDns ? this.#seedIps() : [],
    };
    this.#start(seed);
  }

  /** Whatever is wrong ends, and the seeds are there: others may know nobody else. */
  endFaults(): void {
    const { sim } = this;
    sim.heal();
    for (const peer of sim.peers) {
      const { host } = peer;
      if (host.isAsleep) sim.wake(peer);
      if (host.isPaused) sim.resume(peer);
      if (host.isBlocked) sim.unblock(peer);
      if (host.cpuFactor !== 1) sim.slow(peer, 1);
      if (host.clockRate !== 1) sim.driftClock(peer, 1);
      if (host.bytesPerMs !== undefined) sim.narrow(peer, undefined);
    }
    if (this.#shape.usesDns) sim.setDns(SEED_NAME, this.#seedIps());
    const [ours, theirs] = this.#seeds;
    for (const index of this.#shape.strangers > 0 ? [...ours, ...theirs] : ours) {
      const process = sim.processes[index];
      if (process !== undefined && !process.isRunning) sim.restart(process);
    }
  }

  #simulator(seed: number, costs: Costs): Simulator {
    const { peers, originals, strangers, hasTwin } = this.#shape;
    const { pingPeriodMs, failureDetection, limits, goneRetentionMs, hasDisk } = this.#shape;
    const ours = peers - strangers;
    const [seeds, strangerSeeds] = this.#seeds;
    return new Simulator({
      seed,
      peers,
      originals,
      start: "stopped",
      seedsOf: (index) => {
        const from = index >= ours && index < peers ? strangerSeeds : seeds;
        return from.filter((seedIndex) => seedIndex !== index);
      },
      seedNamesOf: () => (this.#shape.usesDns ? [`${SEED_NAME}:${SEED_PORT}`] : undefined),
      dns: { [SEED_NAME]: this.#seedIps() },
      options: {
        pingPeriodMs,
        failureDetection,
        limits,
        ...(goneRetentionMs === undefined ? {} : { goneRetentionMs }),
        ...(hasDisk ? { dataDir: "disk" } : {}),
      },
      optionsOf: (index) =>
        hasTwin && index === peers - 1 ? { advertiseAddress: ipOf(peers - 2) } : undefined,
      costs,
      network: this.#shape.network,
    });
  }

  /** All at once, or one after the other in any order. */
  #start(seed: number): void {
    const random = forkRandom(seed, "start");
    const { startOverMs } = this.#shape;
    for (const process of this.sim.processes) {
      const afterMs = startOverMs * random();
      if (afterMs === 0) process.start();
      else {
        this.sim.after(afterMs, () => {
          if (!process.isRunning) this.sim.restart(process);
        });
      }
    }
  }

  #seedIps(): string[] {
    return this.#seeds[0].map((index) => ipOf(index).replace(/:\d+$/, ""));
  }

  #isStranger(peer: SimPeer, ours: number): boolean {
    return peer.index >= ours || peer.name.startsWith("stranger-");
  }
}

function ipOf(index: number): string {
  return Simulator.addressOf(index);
}
