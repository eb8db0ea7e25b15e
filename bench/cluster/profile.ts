// Where the CPU time of peers goes: a profile of the join and one of the rest, summed by the parts of
// the code that run.

import { Session } from "node:inspector/promises";
import { setTimeout } from "node:timers/promises";
import type { Figures } from "./messages.js";
import { allList, startPeers } from "./peers.js";

const JOIN_TIMEOUT_MS = 60_000;
const SETTLE_MS = 25_000;
const MEASURED_MS = 12_000;
/** By what the address of a function's file contains, the first that fits. */
const PARTS: readonly (readonly [part: string, pattern: RegExp])[] = [
  ["the core", /\/(?:dist|src)\/core\//],
  ["frames to bytes and back", /\/(?:dist|src)\/wire\//],
  ["the transport", /\/(?:dist|src)\/transport\//],
  ["the peer and its driver", /\/(?:dist|src)\/peer\//],
  ["the measurement itself", /\/bench\//],
  ["grpc-js", /@grpc\/grpc-js/],
  ["node:http2", /^node:internal\/http2/],
  ["streams and sockets of Node", /^node:(?:net|internal\/(?:streams|stream_base_commons))/],
  ["timers and events of Node", /^node:(?:events|timers|internal\/(?:timers|process))/],
  ["other parts of Node", /^node:/],
];

/** The share of each part, for the join and at rest, in per cent. */
export async function measureProfile(count: number): Promise<Figures> {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.start");
  const peers = await startPeers(count, "suspicion");
  const hasJoined = await allList(peers, count, JOIN_TIMEOUT_MS);
  const join = shares("join", (await session.post("Profiler.stop")).profile);
  if (!hasJoined) return join;
  await setTimeout(SETTLE_MS);
  await session.post("Profiler.start");
  await setTimeout(MEASURED_MS);
  return { ...join, ...shares("rest", (await session.post("Profiler.stop")).profile) };
}

/** What of a profile is read. */
interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
  }[];
  readonly samples?: readonly number[] | undefined;
  readonly timeDeltas?: readonly number[] | undefined;
}

function shares(phase: string, { nodes, samples = [], timeDeltas = [] }: Profile): Figures {
  const partOf = new Map(nodes.map(({ id, callFrame }) => [id, partOfFrame(callFrame)]));
  const sums = new Map<string, number>();
  let total = 0;
  for (const [index, id] of samples.entries()) {
    const part = partOf.get(id);
    const took = timeDeltas[index] ?? 0;
    if (part === undefined) continue;
    total += took;
    sums.set(part, (sums.get(part) ?? 0) + took);
  }
  const sorted = Array.from(sums).sort(([, a], [, b]) => b - a);
  return Object.fromEntries(
    sorted.map(([part, took]) => [`${phase}: ${part}`, Math.round((1_000 * took) / total) / 10]),
  );
}

/** Undefined for the time in which nothing runs. */
function partOfFrame({
  functionName,
  url,
}: {
  functionName: string;
  url: string;
}): string | undefined {
  if (functionName === "(idle)" || functionName === "(root)") return undefined;
  if (functionName === "(garbage collector)") return "garbage collection";
  if (functionName === "(program)" || url === "") return "native code";
  return PARTS.find(([, pattern]) => pattern.test(url))?.[0] ?? "other";
}
