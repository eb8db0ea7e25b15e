// Peers for tests: on a free port of loopback, fast, and stopped when the test ends.

import {
  type FailureDetection,
  GossipError,
  type GossipErrorCode,
  type Member,
  Peer,
  type PeerOptions,
} from "gossip";
import { beforeEach, describe, expect, onTestFinished } from "vitest";
import { eventually } from "./eventually.js";
import { Road, unusedAddress } from "./hosts.js";

/** Options of a test's peer: all have defaults, and `name` is short for `info`. */
export interface TestPeerOptions extends Partial<PeerOptions> {
  readonly name?: string;
}

/**
 * As long as a busy machine may keep the whole process from running: nobody is to be given up for
 * that. What is really gone refuses connections, and is found out at once; a test of silence sets
 * timeouts of its own.
 */
const PATIENCE = { probeTimeoutMs: 2_000, exchangeTimeoutMs: 10_000, pingTimeoutMs: 10_000 };

/** What peers are started with that are not given it. */
let failureDetection: FailureDetection | undefined;

/** Declares tests once for each kind of failure detection, the default first. */
export function forEachFailureDetection(declare: (kind: FailureDetection) => void): void {
  describe.each(["suspicion", "immediate"] as const)("failureDetection %s", (kind) => {
    beforeEach(() => {
      failureDetection = kind;
      return () => {
        failureDetection = undefined;
      };
    });
    declare(kind);
  });
}

/** Starts a peer that is stopped when the test ends, unless the test did it. */
export async function startPeer({ name, ...options }: TestPeerOptions = {}): Promise<Peer> {
  const peer = await Peer.start({
    address: "127.0.0.1:0",
    pingPeriodMs: 50,
    info: { name: name ?? "" },
    ...PATIENCE,
    failureDetection,
    ...options,
  });
  onTestFinished(() => peer.stop());
  return peer;
}

/**
 * Starts a peer at an address that another has just left. Until the system has given the port
 * free, or while a passing outgoing connection holds it, it tries again.
 */
export function restartPeer(
  address: string,
  options: Omit<TestPeerOptions, "address"> = {},
): Promise<Peer> {
  return eventually(() => startPeer({ ...options, address }));
}

/** Starts `count` peers named peer0, peer1, …; the first is the seed of the others. */
export async function startCluster(
  count: number,
  options: TestPeerOptions = {},
): Promise<[Peer, ...Peer[]]> {
  const first = await startPeer({ ...options, name: "peer0" });
  const peers: [Peer, ...Peer[]] = [first];
  for (let index = 1; index < count; index += 1) {
    peers.push(await startPeer({ ...options, name: `peer${index}`, seeds: [first.address] }));
  }
  await eventually(() => expectAllSeeAll(peers));
  return peers;
}

/** Starts a peer that others reach by a road alone; see {@link Road}. */
export async function startPeerBehindRoad(
  options: Omit<TestPeerOptions, "address" | "advertiseAddress"> = {},
): Promise<{ readonly peer: Peer; readonly road: Road }> {
  const road = await Road.build();
  const peer = await eventually(async () => {
    const address = await unusedAddress();
    road.leadTo(address);
    return startPeer({ ...options, address, advertiseAddress: road.address });
  });
  return { peer, road };
}

/** What a peer lists: the names by address. */
export function namesSeenBy(peer: Peer): Record<string, string> {
  const entries = Array.from(peer.members().values(), nameByAddress);
  return Object.fromEntries(entries);
}

/** The addresses that a peer lists, sorted. */
export function addressesSeenBy(peer: Peer): string[] {
  return Array.from(peer.members().keys()).sort();
}

/** Each of the peers lists all of them, by the name that each has now, and nobody else. */
export function expectAllSeeAll(peers: readonly Peer[]): void {
  const names = Object.fromEntries(peers.map((peer) => [peer.address, peer.info.name]));
  for (const peer of peers) expect(namesSeenBy(peer)).toEqual(names);
}

/** How often another asked that peer for its list, or whether it is there. */
export function countServed(peer: Peer): number {
  const { exchangesServed, probesServed } = peer.stats();
  return exchangesServed + probesServed;
}

/** How often another answered that peer. */
export function countAnswered(peer: Peer): number {
  const { exchangesAnswered, probesTimely } = peer.stats();
  return exchangesAnswered + probesTimely;
}

/** How often that peer dialled, where nobody answers it. */
export function countVainDials(peer: Peer): number {
  const { exchangesFailed, linksOpened } = peer.stats();
  return exchangesFailed + linksOpened;
}

/** The code of the GossipError by which `promise` rejects; fails when it does not. */
export async function errorCodeOf(promise: Promise<unknown>): Promise<GossipErrorCode> {
  return (await errorOf(promise)).code;
}

/** The GossipError by which `promise` rejects; fails when it does not. */
export async function errorOf(promise: Promise<unknown>): Promise<GossipError> {
  const error: unknown = await promise.then(
    () => expect.fail("was not rejected"),
    (reason: unknown) => reason,
  );
  if (error instanceof GossipError) return error;
  throw error;
}

function nameByAddress(member: Member): [string, string] {
  return [member.address, member.info.name];
}
