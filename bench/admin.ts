// What the admin service costs an agent that lists a thousand members: how fast the list is answered,
// and how late the agent gets to its own work while ten watchers look on.

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { cpus } from "node:os";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport } from "@connectrpc/connect-node";
import Table from "cli-table3";
import { AdminService } from "../src/gen/gossip/admin/v1/admin_pb.js";
import type { AgentFigures, AgentMessage } from "./admin/messages.js";

const WATCHERS = 10;
const REPETITIONS = 101;
const WATCHED_MS = 20_000;
/** The goals that the project has set itself. */
const LIST_GOAL_MS = 50;
const DELAY_GOAL_MS = 20;

const agent = fork(fileURLToPath(new URL("./admin/agent.ts", import.meta.url)), {
  execArgv: ["--import", "tsx"],
});
try {
  const { url, members } = await next(agent, "ready");
  const rows = [...(await measureLists(url)), ...(await measureWatching(url))];
  const cores = cpus();
  console.log(`${cores.length} x ${cores[0]?.model.trim()}, Node ${process.version}`);
  console.log(`an agent that lists ${members} members, ${WATCHERS} of which change a second`);
  const table = new Table({
    head: ["what", "median", "99th percentile", "goal"],
    colAligns: ["left", "right", "right", "right"],
    style: { head: [], border: [] },
  });
  for (const row of rows) table.push([...row]);
  console.log(table.toString());
} finally {
  agent.kill();
}

type Row = readonly [what: string, median: string, p99: string, goal: string];

/** The whole list, by each way to ask for it. */
async function measureLists(baseUrl: string): Promise<Row[]> {
  const grpc = createClient(AdminService, createGrpcTransport({ baseUrl }));
  const json = createClient(
    AdminService,
    createConnectTransport({ baseUrl, httpVersion: "1.1", useBinaryFormat: false }),
  );
  const plain = async () => (await fetch(`${baseUrl}/v1/members`)).text();
  return [
    await measureList("the list by gRPC", () => grpc.listMembers({})),
    await measureList("the list by Connect with JSON", () => json.listMembers({})),
    await measureList("the list by GET /v1/members", plain),
  ];
}

async function measureList(what: string, ask: () => Promise<unknown>): Promise<Row> {
  const tookMs: number[] = [];
  const cpuBeforeMs = await agentCpuMs();
  for (let index = 0; index < REPETITIONS; index += 1) {
    const begin = performance.now();
    await ask();
    tookMs.push(performance.now() - begin);
  }
  // On a busy machine it says more than the time that it took.
  const cpuMs = ((await agentCpuMs()) - cpuBeforeMs) / REPETITIONS;
  const told = `${what} (CPU of the agent: ${ms(cpuMs)})`;
  return [told, ms(quantile(tookMs, 0.5)), ms(quantile(tookMs, 0.99)), `< ${LIST_GOAL_MS} ms`];
}

/** The delay of the agent's event loop, at rest and with watchers. */
async function measureWatching(baseUrl: string): Promise<Row[]> {
  const before = await measureDelay();
  const abort = new AbortController();
  const client = createClient(AdminService, createGrpcTransport({ baseUrl }));
  let told = 0;
  const watching = Array.from({ length: WATCHERS }, async (_, index) => {
    const options = { signal: abort.signal };
    const stream =
      index % 2 === 0 ? client.watchMembers({}, options) : client.watchEvents({}, options);
    for await (const _answer of stream) told += 1;
  });
  const during = await measureDelay();
  const answers = told;
  abort.abort();
  await Promise.allSettled(watching);
  return [
    delayRow("event-loop delay without watchers", before),
    delayRow(`with ${WATCHERS} watchers, told ${answers} times in ${WATCHED_MS / 1_000} s`, during),
  ];
}

function delayRow(what: string, { medianMs, p99Ms }: AgentFigures): Row {
  return [what, ms(medianMs), ms(p99Ms), `< ${DELAY_GOAL_MS} ms`];
}

async function measureDelay(): Promise<AgentFigures> {
  agent.send("begin");
  await new Promise((resolve) => setTimeout(resolve, WATCHED_MS));
  agent.send("end");
  return next(agent, "delay");
}

async function agentCpuMs(): Promise<number> {
  agent.send("cpu");
  return (await next(agent, "cpu")).cpuMs;
}

async function next<T extends AgentMessage["type"]>(
  child: ChildProcess,
  type: T,
): Promise<Extract<AgentMessage, { type: T }>> {
  for (;;) {
    const [message] = (await once(child, "message")) as [AgentMessage];
    if (message.type === type) return message as Extract<AgentMessage, { type: T }>;
  }
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
}

function ms(durationMs: number): string {
  return `${durationMs.toFixed(1)} ms`;
}
