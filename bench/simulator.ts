// Measures how fast the simulator is and how much memory it takes, checks both against what they
// must be, and draws how they grow with the peers and with virtual time.

import { fork } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { SimulatorCost, SimulatorLoad } from "./simulator/messages.js";
import { plotSvg } from "./simulator/plot.js";

const WORKER_FILE = fileURLToPath(new URL("simulator/worker.ts", import.meta.url));
const PLOTS = new URL("../docs/plots/", import.meta.url);
const GIBIBYTE = 2 ** 30;
const GROWTH_PEERS = [50, 100, 200, 400, 700, 1_000] as const;
const GROWTH_VIRTUAL_MS = 10_000;

/** What must be: a cluster, and the most that it may take. */
const BOUNDS = [
  { peers: 1_000, virtualMs: 60_000, maxWallMs: 60_000, maxBytes: 4 * GIBIBYTE },
  { peers: 5_000, virtualMs: 3_000, maxWallMs: Number.POSITIVE_INFINITY, maxBytes: GIBIBYTE },
] as const;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { plots: { type: "boolean", default: false } } });
  const cores = cpus();
  console.log(`${cores.length} x ${cores[0]?.model.trim()}, Node ${process.version}`);
  let isWithin = true;
  for (const { peers, virtualMs, maxWallMs, maxBytes } of BOUNDS) {
    const marksMs = Array.from({ length: 13 }, (_, index) => (index * virtualMs) / 12);
    const cost = await simulate({ peers, virtualMs, marksMs });
    report({ peers, virtualMs, marksMs }, cost);
    // Of one core: what else the machine does is not the simulator's.
    if (Math.min(cost.wallMs, cost.cpuMs) > maxWallMs || cost.peakBytes > maxBytes) {
      isWithin = false;
      console.log(`  too much: ${seconds(maxWallMs)} s and ${gibibytes(maxBytes)} GiB are allowed`);
    }
    if (values.plots && peers === 1_000) await plotTime(marksMs, cost.marksWallMs);
  }
  if (values.plots) await plotPeers();
  if (!isWithin) process.exitCode = 1;
}

async function plotTime(marksMs: readonly number[], wallMs: readonly number[]): Promise<void> {
  await writePlot("simulator-time.svg", {
    title: "1,000 converged peers, one exchange each a second",
    xLabel: "virtual time (s)",
    yLabel: "wall time (s)",
    points: marksMs.map((markMs, index) => ({
      x: markMs / 1_000,
      y: (wallMs[index] ?? 0) / 1_000,
    })),
  });
}

async function plotPeers(): Promise<void> {
  const points: { x: number; wall: number; memory: number }[] = [];
  for (const peers of GROWTH_PEERS) {
    const load = { peers, virtualMs: GROWTH_VIRTUAL_MS, marksMs: [] };
    const cost = await simulate(load);
    report(load, cost);
    points.push({ x: peers, wall: cost.wallMs / 1_000, memory: cost.peakBytes / 2 ** 20 });
  }
  const title = `${GROWTH_VIRTUAL_MS / 1_000} virtual seconds of converged peers`;
  await writePlot("simulator-peers.svg", {
    title,
    xLabel: "peers",
    yLabel: "wall time (s)",
    points: points.map(({ x, wall }) => ({ x, y: wall })),
  });
  await writePlot("simulator-memory.svg", {
    title,
    xLabel: "peers",
    yLabel: "peak (MiB)",
    points: points.map(({ x, memory }) => ({ x, y: memory })),
  });
}

function simulate(load: SimulatorLoad): Promise<SimulatorCost> {
  return new Promise((resolve, reject) => {
    const child = fork(WORKER_FILE);
    child.once("message", (cost: SimulatorCost) => resolve(cost));
    child.once("exit", (code) => reject(new Error(`the worker ended with ${code}`)));
    child.send(load);
  });
}

function report({ peers, virtualMs }: SimulatorLoad, cost: SimulatorCost): void {
  const took = `${seconds(cost.wallMs)} s of wall time (${seconds(cost.cpuMs)} s of CPU)`;
  const memory = `${gibibytes(cost.peakBytes)} GiB at most`;
  const messages = `${cost.messages} messages, trace ${cost.traceHash}`;
  console.log(
    `${peers} peers for ${seconds(virtualMs)} virtual s: ${took}, ${memory}, ${messages}`,
  );
}

async function writePlot(name: string, plot: Parameters<typeof plotSvg>[0]): Promise<void> {
  await mkdir(PLOTS, { recursive: true });
  await writeFile(new URL(name, PLOTS), plotSvg(plot));
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(1);
}

function gibibytes(bytes: number): string {
  return (bytes / GIBIBYTE).toFixed(2);
}

await main();
