// Measures peers on real gRPC over loopback, all of a cluster in one process, beside peers of the
// seed's rule and a bare gRPC stream in the same run; with --write it writes docs/BENCHMARKS.md.

import { parseArgs } from "node:util";
import { measure } from "./cluster/child.js";
import type { Figures, Job, Rule } from "./cluster/messages.js";
import { markdown, NOT_ASKED, type Row, row } from "./cluster/report.js";
import { BENCHMARKS_FILE, describeMachine, writeSection } from "./section.js";

const SIZES = [50, 100, 200] as const;
const PEERS = 100;

/** What one rule's peers need. */
interface Measured {
  readonly rest: ReadonlyMap<number, Figures>;
  readonly news: Figures;
  readonly memory: Figures;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      write: { type: "boolean", default: false },
      runs: { type: "string", default: "1" },
      profile: { type: "boolean", default: false },
    },
  });
  const runs = Number(values.runs);
  console.log(describeMachine());
  if (values.profile) return console.table(await measure({ type: "profile", peers: PEERS }));
  const echo = await quietest({ type: "echo", streams: PEERS }, runs);
  const ours = await measureRule("suspicion", runs);
  const seed = await measureRule("immediate", runs);
  const rows = rowsOf(ours, seed, echo);
  console.table(rows);
  if (!values.write) return console.log("Not written; --write puts it into docs/BENCHMARKS.md.");
  await writeSection("cluster", markdown(rows, runs));
  console.log(`written to ${BENCHMARKS_FILE}`);
}

async function measureRule(rule: Rule, runs: number): Promise<Measured> {
  const rest = new Map<number, Figures>();
  // Of the seed's rule at one size: what it costs grows with the cluster, and its time is not ours.
  const sizes = rule === "suspicion" ? SIZES : [PEERS];
  for (const peers of sizes) rest.set(peers, await quietest({ type: "rest", rule, peers }, runs));
  const news = await quietest({ type: "news", rule, peers: PEERS }, runs);
  return { rest, news, memory: await quietest({ type: "member-memory", rule }, runs) };
}

/** The least of each figure in some runs: what else the machine does only ever adds to them. */
async function quietest(job: Job, runs: number): Promise<Figures> {
  const least: Record<string, number> = {};
  for (let run = 0; run < runs; run += 1) {
    const figures = await measure(job);
    console.log(JSON.stringify(job), figures);
    for (const [name, figure] of Object.entries(figures)) {
      if (figure !== undefined) least[name] = Math.min(least[name] ?? Infinity, figure);
    }
  }
  return least;
}

function rowsOf(ours: Measured, seed: Measured, echo: Figures): Row[] {
  const both = (read: (measured: Measured) => number | undefined) =>
    [read(ours), read(seed)] as const;
  const rest = (peers: number, name: string) =>
    both((measured) => (measured.rest.has(peers) ? measured.rest.get(peers)?.[name] : NOT_ASKED));
  const news = (name: string) => both((measured) => measured.news[name]);
  const cpuRatio = both((measured) => ratio(measured.rest.get(PEERS)?.["cpuMs"], echo["cpuMs"]));
  const [large, small] = [rest(200, "cpuMs"), rest(50, "cpuMs")];
  const growth = [ratio(large[0], small[0]), ratio(large[1], small[1])] as const;
  const cpuRows = SIZES.map((peers) =>
    row(`CPU of a peer at rest, ${peers} peers, ms a second`, rest(peers, "cpuMs")),
  );
  const linkRows = SIZES.map((peers) =>
    row(`links of a peer, both ways, ${peers} peers`, rest(peers, "meanLinks")),
  );
  return [
    row("CPU of a bare gRPC stream's echo, ms a second", [echo["cpuMs"], echo["cpuMs"]]),
    ...cpuRows,
    row("CPU of a peer over that of the echo", cpuRatio, 1.5),
    row("CPU of a peer, 200 peers over 50", growth, 1.2),
    row("all joined through one seed, s", news("join"), 2),
    row("an update seen by all, s, median", news("update"), 0.1),
    row("an update seen by all, s, worst", news("worstUpdate")),
    row("a crash seen by all, s, median", news("crash"), 0.5),
    row("a crash seen by all, s, worst", news("worstCrash")),
    row("live members not listed somewhere, in the end", news("wronglyGone"), 0),
    row("memory of the process, MiB", rest(PEERS, "rssMb"), 250),
    row("its heap, MiB", rest(PEERS, "heapMb")),
    ...linkRows,
    row(
      "memory of a known member, bytes",
      both((measured) => measured.memory["bytes"]),
      1_024,
    ),
  ];
}

function ratio(part: number | undefined, whole: number | undefined): number | undefined {
  return part === undefined || whole === undefined ? undefined : part / whole;
}

await main();
