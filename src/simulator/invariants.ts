// What must hold after every step of a simulation, whatever went wrong. Cheap enough to be always
// on: each check looks only at what the step changed.

import { RecordSum, sameFingerprint } from "../core/fingerprint.js";
import { DEFAULT_LIMITS, type Limits } from "../core/limits.js";
import type { RecordChange } from "../core/member-table.js";
import { type Claim, mergeClaims } from "../core/precedence.js";
import type { PeerRecord } from "../core/record.js";
import { DEFAULT_TIMING } from "../core/timing.js";
import type { SimOriginal } from "./original.js";
import { SimPeer } from "./sim-peer.js";
import type { FaultKind, SimProcess, Simulator, StepObserver } from "./simulator.js";

/** The invariants, by the numbers that docs/SIMULATOR.md explains them under. */
export const INVARIANTS = [
  "owner-writes",
  "returns-by-itself",
  "merge-order",
  "fingerprint",
  "agreement",
  "no-false-removal",
  "limits",
  "original-unharmed",
] as const;

/** One of {@link INVARIANTS}. */
export type Invariant = (typeof INVARIANTS)[number];

/** An invariant that did not hold. */
export interface Violation {
  readonly invariant: Invariant;
  readonly atMs: number;
  readonly message: string;
}

/** How long a trouble explains a removal that it led to: all timeouts, and some queueing. */
const TROUBLE_MS = DEFAULT_TIMING.exchangeTimeoutMs + DEFAULT_TIMING.pingTimeoutMs + 2_000;
/** A backlog that counts as a stall. */
const STALL_MS = 100;
/** The costlier checks look at one step in so many. */
const SAMPLE_STEPS = 64;

/** Checks a running simulation; violations are collected, the run goes on. */
export class InvariantChecker implements StepObserver {
  readonly violations: Violation[] = [];
  readonly #sim: Simulator;
  readonly #limits: Limits;
  /** The highest version that each owner ever gave itself, and the process that did. */
  readonly #ownVersions = new Map<string, { highest: number; current: number; life: number }>();
  /** When each peer was last in trouble. */
  readonly #troubles = new Map<SimProcess, number>();
  /** When each peer's process last ran. */
  readonly #endedAtMs = new Map<SimProcess, number>();
  #steps = 0;

  constructor(sim: Simulator, limits: Limits = DEFAULT_LIMITS) {
    this.#sim = sim;
    this.#limits = limits;
  }

  onStep(peer: SimPeer): void {
    if (peer.core === undefined) return;
    this.#checkOwnVersion(peer);
    this.#checkLimits(peer);
    if (peer.host.backlogMs > STALL_MS) this.#trouble(peer);
    this.#steps += 1;
    if (this.#steps % SAMPLE_STEPS !== 0) return;
    this.#checkFingerprint(peer);
    this.#checkMergeOrder(peer);
  }

  /** Nothing of ours makes an original take another's word for its own, or keep a ghost. */
  onOriginalStep(original: SimOriginal): void {
    const own = original.ownRecord;
    if (own !== undefined && own.name !== original.name) {
      this.#violate(
        "original-unharmed",
        `${original.address} took "${own.name}" for its own name, which is "${original.name}"`,
      );
    }
    for (const address of original.members.keys()) {
      if (this.#sim.processAt(address) !== undefined) continue;
      this.#violate("original-unharmed", `${original.address} lists ${address}, which is a ghost`);
    }
  }

  onRecordChange(observer: SimPeer, change: RecordChange): void {
    const { before, after } = change;
    const subject = this.#sim.processAt(change.address);
    if (subject === undefined) {
      if (after !== undefined)
        this.#violate(
          "returns-by-itself",
          `${observer.address} lists ${change.address}, which never was a peer`,
        );
      return;
    }
    if (after === undefined) this.#checkRemoval(observer, subject);
    else if (before === undefined) this.#checkJoin(observer, subject);
    if (after !== undefined && subject instanceof SimPeer) {
      this.#checkVersion(observer, subject, before, after);
    }
  }

  onFault(_kind: FaultKind, processes: readonly SimProcess[]): void {
    for (const peer of processes) {
      this.#trouble(peer);
    }
  }

  /** The invariant that holds at the end: all live peers agree. */
  checkAgreement(withinMs: number): number | undefined {
    const tookMs = this.#sim.runUntil(() => this.#sim.agrees, { withinMs });
    if (tookMs === undefined) {
      this.#violate(
        "agreement",
        `no agreement within ${withinMs} ms after the faults: ${this.#sim.describe()}`,
      );
      return undefined;
    }
    this.#checkEqualLists();
    return tookMs;
  }

  #checkOwnVersion(peer: SimPeer): void {
    const own = peer.core?.self;
    if (own === undefined) return;
    const { life } = peer.host;
    const known = this.#ownVersions.get(peer.address);
    if (known === undefined) {
      this.#ownVersions.set(peer.address, { highest: own.version, current: own.version, life });
      return;
    }
    if (known.life === life && own.version < known.current) {
      this.#violate(
        "owner-writes",
        `${peer.address} lowered its own version from ${known.current} to ${own.version}`,
      );
    }
    known.life = life;
    known.current = own.version;
    known.highest = Math.max(known.highest, own.version);
  }

  /** Only its owner raises a version, and nobody sees it fall within a boot. */
  #checkVersion(
    observer: SimPeer,
    subject: SimPeer,
    before: PeerRecord | undefined,
    after: PeerRecord,
  ): void {
    this.#checkOwnVersion(subject);
    const highest = this.#ownVersions.get(subject.address)?.highest ?? -1;
    if (after.version > highest) {
      this.#violate(
        "owner-writes",
        `${observer.address} holds version ${after.version} of ${subject.address}, which never wrote more than ${highest}`,
      );
    }
    const onlyBoot = subject.host.life <= 1;
    if (before !== undefined && after.version < before.version && onlyBoot) {
      this.#violate(
        "owner-writes",
        `${observer.address} saw ${subject.address} fall from ${before.version} to ${after.version}`,
      );
    }
  }

  /** Listed, or listed again, is only who answered a moment ago. */
  #checkJoin(observer: SimPeer, subject: SimProcess): void {
    if (subject.isRunning) return;
    if (this.#sim.nowMs - subject.host.endedAtMs <= TROUBLE_MS) return;
    // An answer that came while the observer was stopped is taken in when it runs again.
    if (this.#wasTroubled(observer)) return;
    this.#violate(
      "returns-by-itself",
      `${observer.address} lists ${subject.address}, which does not run`,
    );
  }

  /** Who runs, can be reached and was not stalled is not removed. */
  #checkRemoval(observer: SimPeer, subject: SimProcess): void {
    if (!subject.isRunning) return;
    if (subject instanceof SimPeer && subject.isLeaving) return;
    if (this.#wasTroubled(observer) || this.#wasTroubled(subject)) return;
    if (!this.#sim.network.isWhole) return;
    this.#violate(
      "no-false-removal",
      `${observer.address} removed ${subject.address}, which ran and could be reached`,
    );
  }

  #checkLimits(peer: SimPeer): void {
    const { core } = peer;
    if (core === undefined) return;
    const { live, gone, candidates, seeds } = core.sizes;
    const limits = this.#limits;
    const isWithin =
      live <= limits.maxMembers &&
      gone <= limits.maxGoneMembers &&
      candidates <= limits.maxCandidates &&
      seeds <= limits.maxSeeds &&
      peer.connectionCount <= limits.maxConnections;
    if (!isWithin)
      this.#violate(
        "limits",
        `${peer.address} holds more than its limits: ${JSON.stringify(core.sizes)}`,
      );
  }

  /** The fingerprint that was kept up to date is that of the list. */
  #checkFingerprint(peer: SimPeer): void {
    const { core } = peer;
    if (core === undefined) return;
    const sum = new RecordSum();
    for (const record of core.liveRecords().slice(1)) sum.add(record);
    const own = core.liveRecords()[0];
    if (own === undefined || sameFingerprint(sum.fingerprintWith(own), core.fingerprint)) return;
    this.#violate("fingerprint", `the fingerprint of ${peer.address} is not that of its list`);
  }

  /** Equal fingerprints mean equal lists. */
  #checkEqualLists(): void {
    const lists = this.#sim.running.map((peer) => {
      const records = peer.core?.liveRecords() ?? [];
      return records
        .map((record) => JSON.stringify(record))
        .sort()
        .join("\n");
    });
    if (new Set(lists).size <= 1) return;
    this.#violate("fingerprint", "peers with equal fingerprints have different lists");
  }

  /** What two peers hold gives the same list whichever is taken in first, or twice. */
  #checkMergeOrder(peer: SimPeer): void {
    // Each sample another one; never the peer itself, whatever the number of peers.
    const { peers } = this.#sim;
    const distance = 1 + (Math.floor(this.#steps / SAMPLE_STEPS) % Math.max(1, peers.length - 1));
    const other = peers[(peer.index + distance) % peers.length];
    if (other?.core === undefined || peer.core === undefined) return;
    const ours = peer.core.liveRecords();
    const theirs = other.core.liveRecords();
    const forward = merged([...ours, ...theirs, ...ours]);
    const backward = merged([...theirs, ...ours].reverse());
    for (const [address, claim] of forward) {
      if (backward.get(address)?.record === claim.record) continue;
      if (JSON.stringify(backward.get(address)?.record) === JSON.stringify(claim.record)) continue;
      this.#violate("merge-order", `the order of arrival decides what is held of ${address}`);
    }
  }

  #trouble(peer: SimProcess): void {
    this.#troubles.set(peer, this.#sim.nowMs);
  }

  #wasTroubled(peer: SimProcess): boolean {
    const { host } = peer;
    const isTroubled =
      host.isPaused || host.isBlocked || host.cpuFactor !== 1 || host.clockRate !== 1;
    if (isTroubled || host.backlogMs > STALL_MS) return true;
    const lastMs = this.#troubles.get(peer) ?? Number.NEGATIVE_INFINITY;
    return this.#sim.nowMs - lastMs <= TROUBLE_MS;
  }

  #violate(invariant: Invariant, message: string): void {
    this.violations.push({ invariant, atMs: this.#sim.nowMs, message });
  }
}

function merged(records: readonly PeerRecord[]): Map<string, Claim> {
  const claims = new Map<string, Claim>();
  for (const record of records) {
    const claim: Claim = { record, evidence: "relayed" };
    const held = claims.get(record.address);
    claims.set(record.address, held === undefined ? claim : mergeClaims(held, claim));
  }
  return claims;
}
