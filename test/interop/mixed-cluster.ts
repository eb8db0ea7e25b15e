// Clusters of peers of ours and originals, for tests, with a watch over what originals are told and
// over who gives up whom.

import type { Peer } from "gossip";
import { expect, onTestFinished } from "vitest";
import { EventLog } from "../support/event-log.js";
import { eventually } from "../support/eventually.js";
import { countAnswered, namesSeenBy, startPeer, type TestPeerOptions } from "../support/peers.js";
import {
  type Observation,
  OriginalPeer,
  type OriginalPeerOptions,
  type OriginalRecord,
} from "./original-peer.js";

const PING_PERIOD_MS = 50;
const BOUND_MS = 15_000;
/** For hundreds of exchanges, which a busy machine makes slowly. */
const LONG_BOUND_MS = 100_000;

/** A peer of either kind, with the name that it last gave itself. */
type AnyPeer = Peer | OriginalPeer;

/** The live peers of both kinds that a test has started. */
export class MixedCluster {
  /** What was done to an original that no peer of ours may do, and originals that gave up a live peer. */
  readonly #harm: string[] = [];
  readonly #ours = new Map<Peer, EventLog>();
  readonly #originals: OriginalPeer[] = [];
  readonly #exchanges = new Map<OriginalPeer, number>();
  /** Addresses whose peer went at some time. */
  readonly #gone = new Set<string>();
  /** All addresses that ever answered, by the kind of their peer. */
  readonly #kinds = new Map<string, "ours" | "original">();
  /** Called at each exchange of an original, with its name. */
  #onExchange: (original: OriginalPeer) => void = () => {};

  /**
   * Starts as many peers of each kind, the kinds taking turns and each peer seeded by the one before
   * it, and waits until all see all.
   */
  static async start(counts: {
    readonly originals: number;
    readonly ours: number;
  }): Promise<MixedCluster> {
    const cluster = new MixedCluster();
    let seeds: string[] = [];
    const { originals, ours } = counts;
    for (let index = 0; index < Math.max(originals, ours); index += 1) {
      if (index < originals) {
        const original = await cluster.startOriginal({ name: `original${index}`, seeds });
        seeds = [original.addr];
      }
      if (index < ours) {
        const peer = await cluster.startOurs({ name: `ours${index}`, seeds });
        seeds = [peer.address];
      }
    }
    await cluster.untilAllSeeAll();
    return cluster;
  }

  async startOurs(options: TestPeerOptions): Promise<Peer> {
    const peer = await startPeer({ pingPeriodMs: PING_PERIOD_MS, ...options });
    this.add(peer);
    return peer;
  }

  /** Takes in a peer of ours that was started elsewhere. */
  add(peer: Peer): void {
    this.#kinds.set(peer.address, "ours");
    this.#ours.set(peer, new EventLog(peer));
  }

  async startOriginal(options: OriginalPeerOptions): Promise<OriginalPeer> {
    const original: OriginalPeer = await OriginalPeer.start({
      pingPeriodMs: PING_PERIOD_MS,
      ...options,
      observe: (observation) => {
        options.observe?.(observation);
        // Nothing is observed before the promise of its start has settled.
        this.#onObservation(original, observation);
      },
    });
    onTestFinished(() => original.stop());
    this.#kinds.set(original.addr, "original");
    this.#originals.push(original);
    return original;
  }

  get ours(): readonly Peer[] {
    return [...this.#ours.keys()];
  }

  get originals(): readonly OriginalPeer[] {
    return this.#originals;
  }

  get all(): readonly AnyPeer[] {
    return [...this.ours, ...this.originals];
  }

  /** One of ours; which one does not matter, but the index tells them apart. */
  our(index: number): Peer {
    return this.ours[index] ?? expect.fail(`no peer of ours ${index}`);
  }

  original(index: number): OriginalPeer {
    return this.originals[index] ?? expect.fail(`no original ${index}`);
  }

  /**
   * Stops a peer without a word, and expects it nowhere from then on. Before, all have to hold its
   * latest record, and originals to dial it: an original that hears of a newer record only after it
   * has deleted the peer, or whose first ping of it fails, lists it for ever.
   */
  async kill(peer: AnyPeer): Promise<void> {
    await this.#untilAllHold(peer);
    this.forget(peer);
    await peer.stop();
  }

  /** Expects a peer nowhere from now on: it is about to go. */
  forget(peer: AnyPeer): void {
    this.#gone.add(addressOf(peer));
    if (peer instanceof OriginalPeer) this.#originals.splice(this.#originals.indexOf(peer), 1);
    else this.#ours.delete(peer);
  }

  /** Waits until each of the viewers lists exactly the cluster's peers, by their present names. */
  untilAllSeeAll(
    viewers: () => readonly AnyPeer[] = () => this.all,
    boundMs = BOUND_MS,
  ): Promise<void> {
    return eventually(() => {
      const names = this.#names();
      for (const viewer of viewers()) {
        expect(namesListedBy(viewer), `the list of ${nameOf(viewer)}`).toEqual(names);
      }
    }, boundMs);
  }

  /** As {@link untilAllSeeAll}, for the lists of our peers. */
  untilOursSeeAll(boundMs?: number): Promise<void> {
    return this.untilAllSeeAll(() => this.ours, boundMs);
  }

  /**
   * Waits until each peer's latest record is held by all for good: what an original holds of whom it
   * does not dial yet, it resets once its first ping is answered.
   */
  async untilVersionsAgree(): Promise<void> {
    for (const peer of this.all) await this.#untilAllHold(peer);
  }

  /** The version of each peer's own record, by its name. */
  versions(): Record<string, number | undefined> {
    const versions = this.all.map((peer) => [nameOf(peer), versionHeldBy(peer, addressOf(peer))]);
    return Object.fromEntries(versions);
  }

  #untilAllHold(peer: AnyPeer): Promise<void> {
    const address = addressOf(peer);
    return eventually(() => {
      for (const viewer of this.all) {
        expect(versionHeldBy(viewer, address)).toBe(versionHeldBy(peer, address));
        if (viewer instanceof OriginalPeer && viewer !== peer) {
          expect(viewer.dialled, `whom ${nameOf(viewer)} dials`).toContain(address);
        }
      }
    }, BOUND_MS);
  }

  /**
   * Lets everyone make `count` more exchanges, and gives a line for each time that something changed
   * in a list meanwhile.
   */
  async changesDuring(count: number): Promise<string[]> {
    const changes: string[] = [];
    const names = this.#names();
    const eventsBefore = new Map(this.#oursWith((log) => log.lines.length));
    this.#onExchange = (original) => {
      const listed = JSON.stringify(sorted(namesListedBy(original)));
      if (listed !== JSON.stringify(sorted(names))) changes.push(`${nameOf(original)}: ${listed}`);
    };
    await this.untilExchanges(count, LONG_BOUND_MS);
    this.#onExchange = () => {};
    for (const [peer, log] of this.#ours) {
      const lines = log.lines.slice(eventsBefore.get(peer) ?? 0);
      changes.push(...lines.map((line) => `${peer.info.name}: ${line}`));
    }
    return changes;
  }

  /** Waits until everyone has made `count` more exchanges that were answered. */
  async untilExchanges(count: number, boundMs = BOUND_MS): Promise<void> {
    const oursBefore = new Map(this.#oursWith((_, peer) => countAnswered(peer)));
    const originalsBefore = new Map(this.#exchanges);
    await eventually(() => {
      for (const peer of this.ours) {
        const before = oursBefore.get(peer) ?? 0;
        expect(countAnswered(peer)).toBeGreaterThanOrEqual(before + count);
      }
      for (const original of this.originals) {
        const before = originalsBefore.get(original) ?? 0;
        expect(this.#exchanges.get(original)).toBeGreaterThanOrEqual(before + count);
      }
    }, boundMs);
  }

  /**
   * Nobody gave up a peer that never went, and no original was told what could harm it: an address
   * that never answered, what it did not write of itself, or that an original is deleted.
   */
  expectNoHarm(): void {
    const events = [...this.#ours.values()].flatMap((log) => log.events);
    const givenUp = events.filter(
      (event) =>
        (event.type === "member-failed" || event.type === "member-left") &&
        !this.#gone.has(event.member.address),
    );
    expect(givenUp, "members that ours gave up though they lived").toEqual([]);
    expect(this.#harm).toEqual([]);
  }

  /** What the peers of ours saw happen to the peer at that address. */
  eventsAbout(address: string): string[] {
    return [...this.#ours.values()].flatMap((log) => log.about(address));
  }

  *#oursWith<T>(read: (log: EventLog, peer: Peer) => T): Generator<[Peer, T]> {
    for (const [peer, log] of this.#ours) yield [peer, read(log, peer)];
  }

  #names(): Record<string, string> {
    return Object.fromEntries(this.all.map((peer) => [addressOf(peer), nameOf(peer)]));
  }

  #onObservation(original: OriginalPeer, observation: Observation): void {
    switch (observation.kind) {
      case "record":
        if (!observation.fromOriginal) this.#checkSent(original, observation.record);
        break;
      case "exchange":
        this.#exchanges.set(original, (this.#exchanges.get(original) ?? 0) + 1);
        if (observation.error !== undefined) this.#checkGivenUp(original, observation);
        this.#onExchange(original);
        break;
      case "keepalive":
        this.#harm.push(`${nameOf(original)} was sent a keepalive ping`);
        break;
      case "ping":
        break;
      default:
        observation satisfies never;
    }
  }

  /** What a peer of ours sent to an original has to be true and harmless. */
  #checkSent(to: OriginalPeer, record: OriginalRecord): void {
    const { addr, version, deleted, name } = record;
    const what = `${nameOf(to)} was sent ${JSON.stringify({ addr, version, deleted, name })}`;
    const kind = this.#kinds.get(addr);
    if (kind === undefined) this.#harm.push(`${what}, which never answered`);
    if (kind === "original" && deleted)
      this.#harm.push(`${what}, though an original cannot refute`);
    const isItsOwn = to.written.some(
      (written) => written.version === version && written.name === name,
    );
    if (addr === to.addr && !isItsOwn) this.#harm.push(`${what}, which it did not write`);
  }

  #checkGivenUp(
    original: OriginalPeer,
    { dialled, error }: Extract<Observation, { kind: "exchange" }>,
  ): void {
    // Who went and came back may be found gone by a call that began in between.
    const lives = this.all.some((peer) => addressOf(peer) === dialled);
    if (!lives || this.#gone.has(dialled)) return;
    this.#harm.push(`${nameOf(original)} deleted ${dialled}, which lives: ${error}`);
  }
}

export function addressOf(peer: AnyPeer): string {
  return peer instanceof OriginalPeer ? peer.addr : peer.address;
}

/** What a peer of either kind lists: the names by address. */
export function namesListedBy(peer: AnyPeer): Record<string, string> {
  return peer instanceof OriginalPeer ? Object.fromEntries(peer.getMembers()) : namesSeenBy(peer);
}

function versionHeldBy(peer: AnyPeer, address: string): number | undefined {
  if (!(peer instanceof OriginalPeer)) return peer.members().get(address)?.version;
  return peer.getRecords().find(({ addr }) => addr === address)?.version;
}

/** The name that a peer last gave itself. */
function nameOf(peer: AnyPeer): string {
  return peer instanceof OriginalPeer ? (peer.written.at(-1)?.name ?? "") : peer.info.name;
}

function sorted(names: Record<string, string>): [string, string][] {
  return Object.entries(names).sort(([a], [b]) => (a < b ? -1 : 1));
}
