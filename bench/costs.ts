// Measures what calls cost on the gRPC transport over loopback, with caller and called in processes
// of their own, fits the simulator's table to it, and with --write puts that into costs.ts.

import { readFile, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Costs } from "../src/simulator/costs.js";
import { leastSquares, predict, type Row } from "./costs/fit.js";
import { measureFrames, measureKnocks } from "./costs/link-costs.js";
import type { Load } from "./costs/messages.js";
import { type Cpu, medianCpu, Pair } from "./costs/pair.js";
import { CountingRelay } from "./costs/relay.js";

const COSTS_FILE = fileURLToPath(new URL("../src/simulator/costs.ts", import.meta.url));
const BEGIN = "// --- written by `npm run bench:costs -- --write` ---";
const END = "// --- end of what is written ---";
const REPETITIONS = 5;
/** Messages that pass in one measurement, so that each takes a fraction of a second. */
const MESSAGES = 20_000;
/** The least and most calls of one measurement. */
const MIN_CALLS = 20;
const MAX_CALLS = 400;
/** Bare calls: what tells sending from receiving, and both from bytes. */
const LOADS: readonly Load[] = [
  { sent: 100, answered: 0, nameBytes: 8 },
  { sent: 0, answered: 100, nameBytes: 8 },
  { sent: 100, answered: 100, nameBytes: 200 },
  { sent: 1_000, answered: 0, nameBytes: 8 },
  { sent: 0, answered: 1_000, nameBytes: 8 },
  { sent: 1_000, answered: 1_000, nameBytes: 8 },
  { sent: 1_000, answered: 1_000, nameBytes: 200 },
];
/** Whole exchanges of two peers that list so many; what the table is for, so they count more. */
const FITTED_MEMBERS = [5, 30, 200, 700] as const;
const EXCHANGE_WEIGHT = 4;
const CHECKED_MEMBERS = [10, 100, 1_000] as const;
/** The names of the peers' members. */
const MEMBER_NAME_BYTES = 8;
/** Between exchanges, where these are not made at full speed: caches are cold by then, as in truth. */
const PAUSE_MS = 20;
const PAUSED_EXCHANGES = 50;

/** Something whose CPU is measured, in calls or exchanges of one load. */
interface Job {
  readonly kind: "call" | "exchange";
  readonly load: Load;
  /** How much it counts in the fit. */
  readonly weight: number;
  run(): Promise<Cpu>;
}

interface Framing {
  readonly dialBytes: number;
  readonly callBytes: number;
  readonly messageBytes: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { write: { type: "boolean", default: false } } });
  const pair = new Pair();
  try {
    const costs = await measureCosts(pair);
    console.log("\nmeasured:", costs);
    await check(pair, costs);
    if (values.write) await writeTable(costs);
    else console.log("\nNot written; --write puts the table into src/simulator/costs.ts.");
  } finally {
    pair.stop();
  }
}

async function measureCosts(pair: Pair): Promise<Costs> {
  const addresses = (await pair.called.ask({ type: "listen", ports: 2 })).addresses ?? [];
  const framing = await measureFraming(pair, addresses);
  const calls = LOADS.map((load) => callJob(pair, load, addresses[0] ?? ""));
  const exchanges: Job[] = [];
  for (const members of FITTED_MEMBERS) exchanges.push(await exchangeJob(pair, members, 0));
  const measured = await measureAll([...calls, ...exchanges]);
  const rows = measured.flatMap(({ job, cpu }) => rowsOf(job, cpu, framing));
  const fitted = fitPositive(rows);
  printResiduals(rows, fitted);
  const [callMs = 0, serveMs = 0, sendMs = 0, answerMs = 0, receiveMs = 0, kilobyteMs = 0] = fitted;
  const dials = await measureDials(pair, addresses);
  const frames = await measureFrames(pair, REPETITIONS);
  const knockMs = await measureKnocks(pair, REPETITIONS, addresses[0] ?? "");
  return {
    dialMs: significant(dials.caller),
    acceptMs: significant(dials.called),
    callMs: significant(callMs),
    serveMs: significant(serveMs),
    sendMessageMs: significant(sendMs),
    answerMessageMs: significant(answerMs),
    receiveMessageMs: significant(receiveMs),
    frameSendMs: significant(frames.sendMs),
    frameReceiveMs: significant(frames.receiveMs),
    knockMs: significant(knockMs),
    kilobyteMs: significant(kilobyteMs),
    ...framing,
  };
}

/** The fit; without the kilobytes where these weigh less than what disturbs the measurement. */
function fitPositive(rows: readonly Row[]): number[] {
  const fitted = leastSquares(rows, 6);
  return fitted.every((cost) => cost > 0) ? fitted : [...leastSquares(rows, 5), 0];
}

/** The two equations of one measurement, in the order of the fit's unknowns. */
function rowsOf({ kind, load, weight }: Job, cpu: Cpu, framing: Framing): Row[] {
  const { sent, answered } = load;
  const kilobytes = kilobytesOf(load, framing);
  const label = `${kind}, ${sent} sent, ${answered} answered, ${recordBytes(load)} bytes`;
  return [
    {
      label: `caller of ${label}`,
      amounts: [1, 0, sent, 0, answered, kilobytes],
      measured: cpu.caller,
      weight,
    },
    {
      label: `called of ${label}`,
      amounts: [0, 1, 0, answered, sent, kilobytes],
      measured: cpu.called,
      weight,
    },
  ];
}

/** All kilobytes that pass, both ways. */
function kilobytesOf(load: Load, { callBytes, messageBytes }: Framing): number {
  const messages = load.sent + load.answered;
  return (2 * callBytes + messages * (messageBytes + recordBytes(load))) / 1_000;
}

/**
 * Measures all jobs in turns, so that what else the machine does meanwhile weighs on all of them
 * alike. The first round warms up.
 */
async function measureAll(jobs: readonly Job[]): Promise<{ job: Job; cpu: Cpu }[]> {
  const measured: Cpu[][] = jobs.map(() => []);
  for (let round = 0; round <= REPETITIONS; round += 1) {
    for (const [index, job] of jobs.entries()) {
      const cpu = await job.run();
      if (round > 0) measured[index]?.push(cpu);
    }
  }
  return jobs.map((job, index) => ({ job, cpu: medianCpu(measured[index] ?? []) }));
}

/** Bare calls of a load, on a connection that is there. */
function callJob(pair: Pair, load: Load, address: string): Job {
  const calls = callsOf(load.sent + load.answered);
  const call = { type: "call", addresses: [address], calls, maxConnections: 64 } as const;
  const run = async (): Promise<Cpu> => {
    await pair.setLoad(load);
    return pair.measure(() => pair.caller.ask(call), calls);
  };
  return { kind: "call", load, weight: 1, run };
}

/** Exchanges between two peers that list so many, without or with a pause between. */
async function exchangeJob(pair: Pair, members: number, pauseMs: number): Promise<Job> {
  await pair.caller.ask({ type: "peer", members });
  const address = (await pair.called.ask({ type: "peer", members })).addresses?.[0] ?? "";
  const exchanges = pauseMs === 0 ? callsOf(2 * members) : PAUSED_EXCHANGES;
  const exchange = { type: "exchange", members, address, exchanges, pauseMs } as const;
  const load = { sent: members, answered: members, nameBytes: MEMBER_NAME_BYTES };
  const run = (): Promise<Cpu> => pair.measure(() => pair.caller.ask(exchange), exchanges);
  return { kind: "exchange", load, weight: EXCHANGE_WEIGHT, run };
}

/** CPU of a connection: two addresses in turn with room for one, against one address. */
async function measureDials(pair: Pair, addresses: readonly string[]): Promise<Cpu> {
  await pair.setLoad({ sent: 1, answered: 1, nameBytes: 8 });
  const calls = MAX_CALLS;
  const measured: Cpu[] = [];
  for (let round = 0; round <= REPETITIONS; round += 1) {
    const measureCalls = (called: readonly string[]): Promise<Cpu> => {
      const call = { type: "call", addresses: called, calls, maxConnections: 1 } as const;
      return pair.measure(() => pair.caller.ask(call), calls);
    };
    const dialled = await measureCalls(addresses);
    const held = await measureCalls(addresses.slice(0, 1));
    const caller = dialled.caller - held.caller;
    if (round > 0) measured.push({ caller, called: dialled.called - held.called });
  }
  return medianCpu(measured);
}

/** The HTTP/2 bytes beyond the messages' own, as the mean of both ways. */
async function measureFraming(pair: Pair, addresses: readonly string[]): Promise<Framing> {
  const port = Number(addresses[0]?.split(":")[1]);
  const bytesOf = async (load: Load, calls: number): Promise<number> => {
    const { relay, address } = await CountingRelay.open(port);
    await pair.setLoad(load);
    const call = { type: "call", addresses: [address], calls, maxConnections: 64 } as const;
    await pair.caller.ask(call);
    relay.close();
    const own = calls * (load.sent + load.answered) * recordBytes(load);
    return (relay.bytes.forward + relay.bytes.backward - own) / 2;
  };
  const empty: Load = { sent: 0, answered: 0, nameBytes: 0 };
  const full: Load = { sent: 1_000, answered: 1_000, nameBytes: 8 };
  const one = await bytesOf(empty, 1);
  const many = await bytesOf(empty, 101);
  const filled = await bytesOf(full, 10);
  const callBytes = (many - one) / 100;
  const dialBytes = one - callBytes;
  const messageBytes = (filled - dialBytes - 10 * callBytes) / (10 * full.sent);
  return {
    dialBytes: Math.round(dialBytes),
    callBytes: Math.round(callBytes),
    messageBytes: significant(messageBytes),
  };
}

/** What the table says of whole exchanges between two peers, against what these cost. */
async function check(pair: Pair, costs: Costs): Promise<void> {
  console.log("\nexchanges of two peers, CPU in ms, predicted by the table and measured:");
  const rows: ReturnType<typeof checkRow>[] = [];
  for (const pauseMs of [0, PAUSE_MS]) {
    const jobs: Job[] = [];
    for (const members of CHECKED_MEMBERS) jobs.push(await exchangeJob(pair, members, pauseMs));
    for (const { job, cpu } of await measureAll(jobs)) {
      const { caller, called } = predictExchange(job.load, costs);
      rows.push(checkRow(job.load.sent, pauseMs, "caller", caller, cpu.caller));
      rows.push(checkRow(job.load.sent, pauseMs, "called", called, cpu.called));
    }
  }
  console.table(rows);
}

function predictExchange(load: Load, costs: Costs): Cpu {
  const received = load.sent * costs.receiveMessageMs + kilobytesOf(load, costs) * costs.kilobyteMs;
  return {
    caller: costs.callMs + load.sent * costs.sendMessageMs + received,
    called: costs.serveMs + load.sent * costs.answerMessageMs + received,
  };
}

function checkRow(
  records: number,
  pauseMs: number,
  side: string,
  predicted: number,
  measured: number,
) {
  const ratio = Number((predicted / measured).toFixed(3));
  return {
    records,
    pauseMs,
    side,
    predicted: significant(predicted),
    measured: significant(measured),
    ratio,
  };
}

function callsOf(messages: number): number {
  return Math.max(MIN_CALLS, Math.min(MAX_CALLS, Math.round(MESSAGES / (messages + 1))));
}

/** A record of the workers on the wire, in its middle length. */
function recordBytes({ nameBytes }: Pick<Load, "nameBytes">): number {
  const addressBytes = "10.0.2.127:7946".length;
  if (nameBytes === 0) return 2 + addressBytes + 5;
  const nameHeader = nameBytes < 128 ? 2 : 3;
  return 2 + addressBytes + 5 + nameHeader + nameBytes;
}

function printResiduals(rows: readonly Row[], unknowns: readonly number[]): void {
  console.log("CPU of calls in ms, measured and fitted:");
  console.table(
    rows.map(({ label, amounts, measured }) => {
      const fitted = predict(amounts, unknowns);
      const residual = `${((100 * (fitted - measured)) / measured).toFixed(1)} %`;
      return { label, measured: significant(measured), fitted: significant(fitted), residual };
    }),
  );
}

function significant(value: number): number {
  return Number(value.toPrecision(3));
}

async function writeTable(costs: Costs): Promise<void> {
  const source = await readFile(COSTS_FILE, "utf8");
  const begin = source.indexOf(BEGIN);
  const end = source.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`${COSTS_FILE} has lost its markers`);
  const machine = `${cpus().length} x ${cpus()[0]?.model.trim() ?? "unknown CPU"}`;
  const date = new Date().toISOString().slice(0, 10);
  const fields = Object.entries(costs).map(([name, value]) => `  ${name}: ${value},`);
  const table = [
    BEGIN,
    `// ${machine}, Node ${process.version}, ${date}`,
    "export const MEASURED_COSTS: Costs = {",
    ...fields,
    "};",
    "",
  ];
  await writeFile(COSTS_FILE, source.slice(0, begin) + table.join("\n") + source.slice(end));
  console.log(`\nwritten to ${COSTS_FILE}`);
}

await main();
