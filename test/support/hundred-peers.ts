// Run as a process of its own: starts a hundred peers and ends them in every way, then prints what
// they left behind as one line of JSON. It has nothing that would keep it from ending by itself.

import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Peer, type PeerOptions } from "gossip";

/** What the process prints. */
export interface Leftovers {
  /** Peers that were started. */
  readonly peers: number;
  /** Promises that were given out. */
  readonly promises: number;
  /** Kinds of resources that keep a process alive, as many times as they were there. */
  readonly resourcesBefore: readonly string[];
  readonly resourcesAfter: readonly string[];
  /** What the promises that never settled were for. */
  readonly pending: readonly string[];
  /** Errors other than the expected one. */
  readonly unexpected: readonly string[];
}

/** Resources go with the events that end them, some turns after `stop` has resolved. */
const SETTLE_BOUND_MS = 10_000;

const pending = new Map<Promise<unknown>, string>();
const unexpected: string[] = [];
let peers = 0;
let promises = 0;

/** Notes a promise that has to settle. */
function track<T>(purpose: string, promise: Promise<T>): Promise<T> {
  promises += 1;
  pending.set(promise, purpose);
  const settled = (): boolean => pending.delete(promise);
  promise.then(settled, settled);
  return promise;
}

async function start(options: Partial<PeerOptions> = {}): Promise<Peer> {
  const peer = await Peer.start({
    address: "127.0.0.1:0",
    pingPeriodMs: 250,
    // A busy machine is no reason to give anybody up.
    exchangeTimeoutMs: 10_000,
    pingTimeoutMs: 10_000,
    ...options,
  });
  peers += 1;
  return peer;
}

function startMany(count: number, options: Partial<PeerOptions> = {}): Promise<Peer[]> {
  return Promise.all(Array.from({ length: count }, () => start(options)));
}

/** Reads events until the peer stops; and has two reads wait, as nobody should. */
function read(peer: Peer): void {
  const readAll = async (): Promise<void> => {
    for await (const event of peer.events()) if (event.type === "events-dropped") break;
  };
  void track("events", readAll());
  const events = peer.events();
  void track("next", events.next());
  void track("next", events.next());
}

/** Adds a seed that may or may not answer before the peer stops. */
function addSeed(peer: Peer, seed: string): void {
  void track("addSeed", peer.addSeed(seed)).catch((error: unknown) => {
    const { code } = error as { code?: unknown };
    if (code !== "STOPPED" && code !== "SEED_UNREACHABLE") unexpected.push(String(error));
  });
}

const stop = (peer: Peer): Promise<void> => track("stop", peer.stop());
const leave = (peer: Peer): Promise<void> => track("leave", peer.leave());

/** Twenty peers in a cluster, half of which leave, one after another, while the others stop. */
async function runCluster(): Promise<void> {
  const first = await start();
  const others = await startMany(19, { seeds: [first.address] });
  const all = [first, ...others];
  for (const peer of all) read(peer);
  while (all.some((peer) => peer.members().size < all.length)) await sleep(20);
  for (const [index, peer] of all.entries()) await (index % 2 === 0 ? leave(peer) : stop(peer));
}

/** A cluster that ends all at once, so that nobody is there to be told. */
async function runSuddenEnd(): Promise<void> {
  const first = await start();
  const all = [first, ...(await startMany(19, { seeds: [first.address] }))];
  for (const peer of all) read(peer);
  while (first.members().size < 10) await sleep(20);
  await Promise.all(all.map((peer, index) => (index % 2 === 0 ? leave(peer) : stop(peer))));
}

/** Peers that are stopped before they could do anything. */
async function runStillborn(): Promise<void> {
  const seeds = ["127.0.0.1:1", "localhost:1"];
  for (const end of [stop, leave]) {
    await Promise.all((await startMany(10, { seeds })).map(end));
  }
}

/** Peers that are in the middle of dials: to a host that is silent, and to one that refuses. */
async function runMidDial(silent: string): Promise<void> {
  const seeds = [silent, "127.0.0.1:1", silent.replace("127.0.0.1", "localhost")];
  const all = await startMany(40, { seeds });
  for (const peer of all) {
    read(peer);
    for (const seed of seeds) addSeed(peer, seed);
  }
  while (all.some((peer) => peer.stats().connections === 0)) await sleep(20);
  await Promise.all(
    all.map((peer, index) => {
      if (index % 3 === 0) return Promise.all([leave(peer), stop(peer)]);
      return index % 3 === 1 ? stop(peer) : leave(peer);
    }),
  );
}

/** Starts that fail. */
async function runFailures(): Promise<void> {
  const holder = await start();
  for (let attempt = 0; attempt < 10; attempt += 1) {
    await start({ address: holder.address }).then(
      () => unexpected.push("an address was listened on twice"),
      () => {},
    );
  }
  await stop(holder);
}

async function run(): Promise<void> {
  const silentHost = createServer(() => {});
  await new Promise<void>((resolve) => silentHost.listen(0, "127.0.0.1", resolve));
  const bound = silentHost.address();
  const port = typeof bound === "object" ? bound?.port : undefined;
  await Promise.all([runCluster(), runSuddenEnd(), runStillborn(), runFailures()]);
  await runMidDial(`127.0.0.1:${port}`);
  await new Promise((resolve) => silentHost.close(resolve));
}

/** Looks from within a timer both times, since looking takes resources itself. */
async function resources(): Promise<string[]> {
  await sleep(20);
  return process.getActiveResourcesInfo().sort();
}

const resourcesBefore = await resources();
await run();
let resourcesAfter = await resources();
const deadlineMs = performance.now() + SETTLE_BOUND_MS;
while (
  (resourcesAfter.length > resourcesBefore.length || pending.size > 0) &&
  performance.now() < deadlineMs
) {
  resourcesAfter = await resources();
}

const leftovers: Leftovers = {
  peers,
  promises,
  resourcesBefore,
  resourcesAfter,
  pending: Array.from(pending.values()),
  unexpected,
};
console.log(JSON.stringify(leftovers));
