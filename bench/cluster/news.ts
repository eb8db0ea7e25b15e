// How long it takes until all peers know: who joined through one seed, what another changed, and that
// one has crashed.

import { setTimeout } from "node:timers/promises";
import type { Peer, PeerEvent } from "gossip";
import { median } from "../costs/fit.js";
import type { Figures, Rule } from "./messages.js";
import { allList, startPeers, stopPeers } from "./peers.js";

const TIMEOUT_MS = 60_000;
const SETTLE_MS = 10_000;
const UPDATES = 9;
const CRASHES = 5;
/** Between two events, so that each is alone; no multiple of the ping period. */
const PAUSE_MS = 1_300;

/** In seconds: the join, and the median and the worst of some updates and crashes. */
export async function measureNews(count: number, rule: Rule): Promise<Figures> {
  const startedAtMs = performance.now();
  const peers = await startPeers(count, rule);
  const hasJoined = await allList(peers, count, TIMEOUT_MS);
  if (!hasJoined) return {};
  const join = secondsSince(startedAtMs);
  await setTimeout(SETTLE_MS);
  const updates = await measureSome(UPDATES, (round) => {
    const updated = peerAt(peers, 7 * round + 1);
    const name = `updated-${round}`;
    const seen = allTold(
      peers.filter((peer) => peer !== updated),
      (event) => event.type === "member-updated" && event.member.info.name === name,
    );
    updated.updateInfo({ name });
    return seen;
  });
  const crashes = await measureSome(CRASHES, (round) => {
    const [victim] = peers.splice((11 * round + 3) % peers.length, 1);
    if (victim === undefined) throw new Error("nobody is left");
    const seen = allTold(
      peers,
      (event) => event.type === "member-failed" && event.member.address === victim.address,
    );
    void victim.stop();
    return seen;
  });
  const failed = falsePositives(peers);
  await stopPeers(peers);
  return {
    join,
    update: middle(updates),
    worstUpdate: worst(updates),
    crash: middle(crashes),
    worstCrash: worst(crashes),
    wronglyGone: failed,
  };
}

/** The seconds that each of some events takes; undefined for one that takes too long. */
async function measureSome(
  count: number,
  begin: (round: number) => Promise<boolean>,
): Promise<(number | undefined)[]> {
  const took: (number | undefined)[] = [];
  for (let round = 0; round < count; round += 1) {
    await setTimeout(PAUSE_MS);
    const startedAtMs = performance.now();
    took.push((await begin(round)) ? secondsSince(startedAtMs) : undefined);
    // The next one would be as late, and would wait for this one too.
    if (took.at(-1) === undefined) break;
  }
  return took;
}

/** Resolves to true once each of the peers has told of such an event. */
async function allTold(
  peers: readonly Peer[],
  isMeant: (event: PeerEvent) => boolean,
): Promise<boolean> {
  const readers = peers.map((peer) => peer.events());
  const timeout = new AbortController();
  const told = readers.map(async (events) => {
    for await (const event of events) if (isMeant(event)) return true;
    return false;
  });
  const late = setTimeout(TIMEOUT_MS, false, { signal: timeout.signal }).catch(() => false);
  const all = Promise.all(told).then((seen) => seen.every((isSeen) => isSeen));
  const inTime = await Promise.race([all, late]);
  timeout.abort();
  for (const events of readers) await events.return?.();
  return inTime;
}

/** Members that some peer does not list though they live. */
function falsePositives(peers: readonly Peer[]): number {
  return peers.reduce((sum, peer) => sum + peers.length - peer.stats().liveMembers, 0);
}

function peerAt(peers: readonly Peer[], index: number): Peer {
  const peer = peers[index % peers.length];
  if (peer === undefined) throw new Error("there are no peers");
  return peer;
}

/** Undefined when not even the middle one was in time. */
function middle(took: readonly (number | undefined)[]): number | undefined {
  const found = median(took.map((seconds) => seconds ?? Number.POSITIVE_INFINITY));
  return Number.isFinite(found) ? found : undefined;
}

function worst(took: readonly (number | undefined)[]): number | undefined {
  const found = Math.max(...took.map((seconds) => seconds ?? Number.POSITIVE_INFINITY));
  return Number.isFinite(found) ? found : undefined;
}

function secondsSince(startedAtMs: number): number {
  return (performance.now() - startedAtMs) / 1_000;
}
