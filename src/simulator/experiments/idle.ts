// A cluster at rest: what a peer sends in a period, and what it costs two peers to find out that ten
// records changed.

import { DEFAULT_LIMITS } from "../../core/limits.js";
import { NativeBase } from "../../core/native/member-base.js";
import type { SentRecord } from "../../core/native/member-record.js";
import { firstRecord, wholeRecord } from "../../core/native/own-member.js";
import { startGeneration } from "../../core/own-record.js";
import { DEFAULT_TIMING } from "../../core/timing.js";
import { NativeCodec } from "../../wire/native-dialect.js";
import { EPOCH_MS } from "../sim-peer.js";
import { Simulator } from "../simulator.js";
import type { Budget } from "./budget.js";
import { Cluster } from "./cluster.js";
import type {
  Experiment,
  ExperimentContext,
  ExperimentResult,
  Row,
  RunNumbers,
} from "./experiment.js";
import { inSeconds, runCases } from "./ladder.js";

const SIZES = [100, 500, 1_000, 2_000, 5_000] as const;
const PERIOD_MS = DEFAULT_TIMING.pingPeriodMs;
const SETTLE_PERIODS = 20;
/** Twice as many as pass from one exchange with a distant peer to the next. */
const COUNTED_PERIODS = 60;
const CHANGED = 10;
/** Before it a peer does not give up on those that are silent for the sake of the experiment. */
const PAIR_MS = 1_500;
const VERSION = 1_000_000_000;
const PAIR_ONE_WAY_MS = 50;

interface Result {
  readonly size: number;
  readonly bytesPerPeriod: number | undefined;
  readonly note: string;
  readonly pair: PairResult | undefined;
  readonly numbers: RunNumbers;
}

interface PairResult {
  /** Beyond the changed records themselves. */
  readonly bytes: number;
  /** Beyond the one of the dial. */
  readonly roundTrips: number;
}

/** The experiment. */
export const idle: Experiment = {
  name: "idle",
  summary:
    "Nothing happens: what does a peer send in a period? And what do two peers that differ in 10 records?",
  anchor: "a version vector of 5,000 members takes 40 KB",
  parameters: {
    peers: SIZES,
    "ping period, ms": PERIOD_MS,
    "virtual time": `${SETTLE_PERIODS} periods to settle, ${COUNTED_PERIODS} counted`,
    "changed records": CHANGED,
    "the two that differ": "hold all members; the others are silent, so that nothing else is sent",
  },
  budgetSeconds: 240,
  run,
};

function run({ seed, budget, onProgress }: ExperimentContext): ExperimentResult {
  const results = runCases(SIZES, budget, onProgress, (size, share) => runIdle(size, seed, share));
  return {
    rows: [...results.flatMap(rowsOf), growthRow(results)],
    runs: results.map(({ numbers }) => numbers),
    charts: [
      {
        title: "Bytes in a cluster at rest, and for 10 changed records",
        x: { label: "peers", isLogarithmic: true },
        y: { label: "bytes", isLogarithmic: true },
        series: [
          {
            name: "sent by a peer in a period",
            points: results.flatMap(({ size, bytesPerPeriod }) =>
              bytesPerPeriod === undefined ? [] : [[size, bytesPerPeriod] as const],
            ),
          },
          {
            name: "10 changed records, beyond the records",
            points: results.flatMap(({ size, pair }) =>
              pair === undefined ? [] : [[size, pair.bytes] as const],
            ),
          },
        ],
      },
    ],
  };
}

function runIdle(size: number, seed: number, budget: Budget): Result {
  const pair = runPair(size, seed);
  const cluster = new Cluster({ seed, peers: size, start: "converged" });
  const settled = cluster.pass(SETTLE_PERIODS * PERIOD_MS, budget);
  if (settled) cluster.startCounting();
  const isWhole = settled && cluster.pass(COUNTED_PERIODS * PERIOD_MS, budget);
  const { countedMs } = cluster;
  const isCounted = settled && countedMs >= PERIOD_MS;
  const bytesPerPeriod = isCounted ? (cluster.bytesSent / size / countedMs) * PERIOD_MS : undefined;
  const note = isWhole ? `mean of ${COUNTED_PERIODS} periods` : endedEarly(countedMs, settled);
  const numbers = cluster.numbers(`${size} peers`, isWhole, {});
  return {
    size,
    bytesPerPeriod,
    note,
    pair,
    numbers,
  };
}

function endedEarly(afterMs: number, settled: boolean): string {
  const ended = `the CPU budget ended it after ${inSeconds(afterMs)}`;
  if (!settled) return `not finished: ${ended}, of ${SETTLE_PERIODS} periods to settle`;
  const counted = afterMs >= PERIOD_MS ? "mean until then" : "not finished";
  return `${counted}: ${ended}, of ${COUNTED_PERIODS} periods`;
}

/** Two peers that hold all members, ten of them in different versions, meet. */
function runPair(size: number, seed: number): PairResult | undefined {
  const network = { latency: { oneWayMs: PAIR_ONE_WAY_MS, jitterMs: 0 } };
  const sim = new Simulator({ seed, peers: size, start: "stopped", network });
  const older = sim.peers.map(({ address, name }) => recordOf(address, name, VERSION));
  const newer = older.map((record, index) =>
    index < size - CHANGED ? record : recordOf(record.address, `${record.name}-new`, VERSION + 1),
  );
  const first = sim.peer(0);
  first.start({}, { nativeBase: new NativeBase(older) });
  // The neighbour to whom it links first.
  const [address = ""] = first.native?.neighbours.keys() ?? [];
  const second = sim.peerAt(address);
  if (second === undefined) return undefined;
  second.start({}, { nativeBase: new NativeBase(newer) });
  for (const peer of sim.peers) if (peer !== first && peer !== second) peer.host.isUp = false;
  let learnt = 0;
  sim.observe({
    onRecordChange: (observer, { after }) => {
      if (observer === first && after?.version === VERSION + 1) learnt += 1;
    },
  });
  const tookMs = sim.runUntil(() => learnt === CHANGED, { withinMs: PAIR_MS });
  if (tookMs === undefined) return undefined;
  const codec = new NativeCodec(DEFAULT_LIMITS);
  const changed = newer.slice(-CHANGED);
  const changedBytes = changed.reduce((sum, record) => sum + encodedBytes(record, codec), 0);
  // What the two sent to the silent ones never arrived.
  const received = first.host.counters.bytesReceived + second.host.counters.bytesReceived;
  // A dial takes one round trip.
  const roundTrips = Math.round(tookMs / (2 * PAIR_ONE_WAY_MS)) - 1;
  return { bytes: received - changedBytes, roundTrips };
}

function recordOf(address: string, name: string, version: number): SentRecord {
  return wholeRecord(firstRecord(address, { name }, startGeneration(EPOCH_MS), version));
}

/** A record by itself, in a message of ten of them. */
function encodedBytes(record: SentRecord, codec: NativeCodec): number {
  return codec.encode({ type: "rumors", records: [record], first: false, accusing: false }).length;
}

function rowsOf({ size, bytesPerPeriod, note, pair }: Result): Row[] {
  const isEnd = size === SIZES[0] || size === 5_000;
  const isLargest = size === 5_000;
  const peers = `${size.toLocaleString("en-US")} peers`;
  return [
    {
      what: `${peers} at rest: sent by a peer in a period`,
      unit: "bytes",
      anchor: isEnd ? "grows with N" : undefined,
      goal: isEnd ? { atMost: 200 } : undefined,
      ours: bytesPerPeriod,
      note,
    },
    {
      what: `${CHANGED} changed records of ${size.toLocaleString("en-US")}: bytes beyond the records`,
      unit: "bytes",
      anchor: isLargest ? 40_000 : undefined,
      goal: isLargest ? { atMost: 1_500 } : undefined,
      ours: pair?.bytes,
      note:
        pair === undefined
          ? `not finished: not learnt within ${PAIR_MS} ms`
          : `one run, hello included; ${pair.roundTrips} round trips`,
    },
  ];
}

function growthRow(results: readonly Result[]): Row {
  const finished = results.flatMap(({ size, bytesPerPeriod }) =>
    bytesPerPeriod === undefined ? [] : [{ size, bytesPerPeriod }],
  );
  const [smallest] = finished;
  const largest = finished.at(-1);
  const what = "at rest: times as many bytes in the largest cluster as in the smallest";
  const goal = { atMost: 1.1 };
  if (smallest === undefined || largest === undefined || smallest === largest) {
    const note = "not finished: fewer than two sizes did";
    return { what, unit: "count", goal, ours: undefined, note };
  }
  const isWhole = largest.size === SIZES.at(-1);
  const sizes = `${largest.size} against ${smallest.size} peers`;
  const note = isWhole ? sizes : `${sizes}; the larger ones did not finish`;
  const ours = largest.bytesPerPeriod / smallest.bytesPerPeriod;
  return { what, unit: "count", goal, ours, note };
}
