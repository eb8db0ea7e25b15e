// Peers on real gRPC over loopback, all in this process, with the default options.

import { setTimeout } from "node:timers/promises";
import { Peer } from "gossip";
import type { Rule } from "./messages.js";

/** Often enough for the figures, and seldom enough not to weigh in them. */
const LOOK_EVERY_MS = 5;

/** Starts peers that know one of them as their seed. They have not joined yet. */
export async function startPeers(count: number, rule: Rule): Promise<Peer[]> {
  const first = await startPeer("peer-0", rule, []);
  const names = Array.from({ length: count - 1 }, (_, index) => `peer-${index + 1}`);
  const others = names.map((name) => startPeer(name, rule, [first.address]));
  return [first, ...(await Promise.all(others))];
}

/** Resolves to true once all list as many, and to false when they do not in time. */
export async function allList(
  peers: readonly Peer[],
  count: number,
  timeoutMs: number,
): Promise<boolean> {
  const endAtMs = performance.now() + timeoutMs;
  // Those that did once do at the end too, mostly: then all are asked once more.
  let next = 0;
  while (performance.now() < endAtMs) {
    while (next < peers.length && peers[next]?.stats().liveMembers === count) next += 1;
    if (next === peers.length) {
      next = peers.findIndex((peer) => peer.stats().liveMembers !== count);
      if (next < 0) return true;
    }
    await setTimeout(LOOK_EVERY_MS);
  }
  return false;
}

export async function stopPeers(peers: readonly Peer[]): Promise<void> {
  await Promise.all(peers.map((peer) => peer.stop()));
}

function startPeer(name: string, rule: Rule, seeds: readonly string[]): Promise<Peer> {
  return Peer.start({ address: "127.0.0.1:0", info: { name }, seeds, failureDetection: rule });
}
