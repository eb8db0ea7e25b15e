// A process with some peers of the soak: it starts, replaces and updates them as it is told, watches
// what they see of the others, and says what it holds.

import { readdirSync } from "node:fs";
import { type Member, Peer, type PeerEvent } from "../../src/index.js";
import type { Departure, PeerList, Sample, WorkerReport, WorkerRequest } from "./messages.js";

/** A peer, and what it last heard of each other. */
interface Watched {
  readonly peer: Peer;
  updates: number;
  readonly heard: Map<string, number>;
}

const QUEUES = ["candidates", "links", "rumors", "connections", "unsentBytes", "events"] as const;
const MAX_EXPONENT = 20;

const peers = new Map<number, Watched>();
const excused = new Map<string, number>();
const delays: number[] = new Array<number>(MAX_EXPONENT + 1).fill(0);
let overtaken = 0;
let eventsDropped = 0;
/** What peers that are no more had counted. */
let suspicionsBefore = 0;

function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

function tell(report: WorkerReport): void {
  process.send?.(report);
}

async function start(id: number, address: string, seeds: readonly string[]): Promise<void> {
  const peer = await Peer.start({ address, seeds, info: { name: `peer-${id}` } });
  const watched: Watched = { peer, updates: 0, heard: new Map() };
  peers.set(id, watched);
  void watch(watched);
  tell({ type: "started", id, address: peer.address });
}

async function watch(watched: Watched): Promise<void> {
  for await (const event of watched.peer.events()) onEvent(watched, event);
}

function onEvent(watched: Watched, event: PeerEvent): void {
  const { address } = watched.peer;
  switch (event.type) {
    case "events-dropped":
      eventsDropped += event.count;
      break;
    case "member-joined":
    case "member-updated":
      if (event.member.address !== address) noteUpdate(watched, event.member);
      break;
    case "member-failed":
    case "member-left":
      watched.heard.delete(event.member.address);
      judge(address, event.member.address, event.type);
      break;
    case "self-refuted":
      judge(address, address, event.type);
      break;
    default:
      break;
  }
}

/** Whoever was not about to go has been taken for gone in error. */
function judge(by: string, of: string, what: string): void {
  const atMs = nowMs();
  if ((excused.get(of) ?? 0) >= atMs) return;
  tell({ type: "false-failure", failure: { by, of, what, atMs } });
}

function noteUpdate({ heard }: Watched, { address, info }: Member): void {
  const [update = 0, atMs] = String(info.metadata?.["update"] ?? "0")
    .split(" ")
    .map(Number);
  const before = heard.get(address);
  heard.set(address, update);
  // What came with the member itself, or of a boot before, is no news that was on its way.
  if (before === undefined || update <= before || atMs === undefined) return;
  if (update > before + 1) overtaken += update - before - 1;
  const exponent = Math.ceil(Math.log2(Math.max(1, nowMs() - atMs)));
  const index = Math.min(MAX_EXPONENT, exponent);
  delays[index] = (delays[index] ?? 0) + 1;
}

function update(id: number): void {
  const watched = peers.get(id);
  if (watched === undefined) return;
  watched.updates += 1;
  const { peer, updates } = watched;
  peer.updateInfo({ name: `peer-${id}`, metadata: { update: `${updates} ${nowMs()}` } });
}

async function replace(id: number, departure: Departure, seeds: readonly string[]): Promise<void> {
  const held = peers.get(id);
  if (held === undefined) return;
  peers.delete(id);
  suspicionsBefore += held.peer.stats().suspicions;
  if (departure === "leave") await held.peer.leave();
  else await held.peer.stop();
  await start(id, departure === "restart" ? held.peer.address : "127.0.0.1:0", seeds);
}

function takeSample(): Sample {
  globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  const queues: Record<string, number> = {};
  let goneMembers = 0;
  let suspicions = suspicionsBefore;
  for (const { peer } of peers.values()) {
    const stats = peer.stats();
    goneMembers += stats.goneMembers;
    suspicions += stats.suspicions;
    for (const name of QUEUES) queues[name] = (queues[name] ?? 0) + stats.queues[name].length;
  }
  const handles = readdirSync("/proc/self/fd").length;
  const memoryBytes = heapUsed + external;
  return { memoryBytes, residentBytes: rss, handles, queues, goneMembers, suspicions };
}

function listAll(): PeerList[] {
  return Array.from(peers.values(), ({ peer, heard, updates }) => {
    const listed: Record<string, number> = {};
    for (const address of peer.members().keys()) listed[address] = heard.get(address) ?? 0;
    listed[peer.address] = updates;
    return { address: peer.address, updates: listed };
  });
}

async function carryOut(request: WorkerRequest): Promise<void> {
  switch (request.type) {
    case "start":
      await start(request.id, "127.0.0.1:0", request.seeds);
      break;
    case "replace":
      await replace(request.id, request.departure, request.seeds);
      break;
    case "update":
      update(request.id);
      break;
    case "excuse":
      excused.set(request.address, request.untilMs);
      tell({ type: "excused" });
      break;
    case "sample":
      tell({ type: "sample", sample: takeSample() });
      break;
    case "list":
      tell({ type: "list", lists: listAll(), delays, overtaken, eventsDropped });
      break;
    case "stop":
      await Promise.all(Array.from(peers.values(), ({ peer }) => peer.stop()));
      tell({ type: "stopped" });
      break;
    default:
      request satisfies never;
  }
}

process.on("message", (request: WorkerRequest) => {
  carryOut(request).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
});
process.on("disconnect", () => process.exit());
tell({ type: "ready" });
