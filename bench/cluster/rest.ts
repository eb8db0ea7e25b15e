// What peers cost that have joined and have nothing to tell: CPU, memory and connections.

import { setTimeout } from "node:timers/promises";
import type { Peer } from "gossip";
import { cpuMsOver } from "./cpu.js";
import type { Figures, Rule } from "./messages.js";
import { allList, startPeers } from "./peers.js";

const JOIN_TIMEOUT_MS = 60_000;
/**
 * Until the links of the join are closed that nobody needs any more, and the code that runs at rest
 * is compiled: before, a process of few peers pays more a peer than one of many.
 */
const SETTLE_MS = 25_000;
const MEASURED_MS = 12_000;
const PERIOD_MS = 1_000;
const MEBIBYTE = 2 ** 20;

/** What so many peers at rest cost. */
export async function measureRest(count: number, rule: Rule): Promise<Figures> {
  const peers = await startPeers(count, rule);
  if (!(await allList(peers, count, JOIN_TIMEOUT_MS))) return {};
  await setTimeout(SETTLE_MS);
  const cpuMs = (await cpuMsOver(MEASURED_MS)) / (count * (MEASURED_MS / PERIOD_MS));
  const rssMb = process.memoryUsage.rss() / MEBIBYTE;
  const links = peers.map((peer) => linksOf(peer));
  globalThis.gc?.();
  return {
    cpuMs,
    rssMb,
    heapMb: process.memoryUsage().heapUsed / MEBIBYTE,
    meanLinks: links.reduce((sum, more) => sum + more, 0) / count,
    mostLinks: Math.max(...links),
  };
}

/** With both ends counted: in the seed's rule as many are dialled as dial, on average. */
function linksOf(peer: Peer): number {
  const { links, connections } = peer.stats();
  return links > 0 ? links : 2 * connections;
}
