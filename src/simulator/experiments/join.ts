// Many peers start at once with one seed: how long until all list all.

import type { Budget } from "./budget.js";
import { Cluster, type Waited } from "./cluster.js";
import type {
  Experiment,
  ExperimentContext,
  ExperimentResult,
  Row,
  RunNumbers,
} from "./experiment.js";
import { inPercent, runCases, runLadder, unfinished } from "./ladder.js";

const SIZES = [1_000, 2_000] as const;
const SMALLER_SIZES = [250, 128] as const;
/** Of the budget, for the sizes that are asked for. */
const SIZES_SHARE = 0.5;
const VIRTUAL_MS = 300_000;
const SAMPLE_MS = 100;

interface Result {
  readonly size: number;
  readonly isFinished: boolean;
  readonly waited: Waited;
  readonly seedBytes: number;
  readonly listed: number;
  readonly numbers: RunNumbers;
  readonly samples: readonly (readonly [number, number])[];
}

/** The experiment. */
export const join: Experiment = {
  name: "join",
  summary: "All peers start at once and know one seed; how long until all list all?",
  anchor:
    "Rapid (Suresh et al., ATC 2018): memberlist joins 2,000 in 95 s, with 1,858 list sizes seen",
  parameters: {
    peers: SIZES,
    "where one does not finish, smaller ones until one does": SMALLER_SIZES,
    "virtual time at most, ms": VIRTUAL_MS,
  },
  budgetSeconds: 180,
  run,
};

function run({ seed, budget, onProgress }: ExperimentContext): ExperimentResult {
  const asked = runCases(SIZES, budget.share(SIZES_SHARE), onProgress, (size, share) =>
    runJoin(size, seed, share),
  );
  const smaller = asked.every(({ isFinished }) => isFinished)
    ? []
    : runLadder(SMALLER_SIZES, budget, (size, share) => runJoin(size, seed, share));
  const results = [...asked, ...smaller];
  return {
    rows: results.flatMap(rowsOf),
    runs: results.map(({ numbers }) => numbers),
    charts: [
      {
        title: "Listed, of all pairs of two peers",
        x: { label: "seconds since all started" },
        y: { label: "share" },
        series: results.map(({ size, samples }) => ({ name: `${size} peers`, points: samples })),
      },
    ],
  };
}

function runJoin(size: number, seed: number, budget: Budget): Result {
  const cluster = new Cluster({ seed, peers: size });
  const { sim } = cluster;
  const samples: (readonly [number, number])[] = [];
  const listed = (): number => sim.peers.reduce((sum, peer) => sum + peer.listSize, 0) / size ** 2;
  const isReached = (): boolean => {
    const share = listed();
    samples.push([sim.nowMs / 1_000, share]);
    return share === 1 && sim.agrees;
  };
  const waited = cluster.wait(isReached, { withinMs: VIRTUAL_MS, budget, pollMs: SAMPLE_MS });
  const { isReached: isFinished } = waited;
  const numbers = cluster.numbers(`${size} peers`, isFinished, {
    join: isFinished ? waited.tookMs : undefined,
  });
  const seedBytes = sim.peer(0).host.counters.bytesSent;
  return { size, isFinished, waited, seedBytes, listed: listed(), numbers, samples };
}

function rowsOf({ size, isFinished, waited, seedBytes, listed, numbers }: Result): Row[] {
  const note = isFinished
    ? "one run"
    : unfinished(waited, `${inPercent(listed)} of the list entries there`);
  const peers = `${size.toLocaleString("en-US")} peers`;
  const isLargest = size === 2_000;
  return [
    {
      what: `${peers} through one seed: all list all`,
      unit: "ms",
      anchor: isLargest ? 95_000 : undefined,
      goal: isLargest ? { atMost: 10_000 } : undefined,
      ours: isFinished ? waited.tookMs : undefined,
      atLeast: waited.tookMs,
      note,
    },
    {
      what: `${peers}: sent by the seed`,
      unit: "bytes",
      goal: isLargest ? { atMost: 20_000_000 } : undefined,
      ours: isFinished ? seedBytes : undefined,
      atLeast: seedBytes,
      note,
    },
    {
      what: `${peers}: different list sizes seen`,
      unit: "count",
      anchor: isLargest ? 1_858 : undefined,
      ours: isFinished ? numbers.listSizes : undefined,
      atLeast: numbers.listSizes,
      note,
    },
  ];
}
