// What must hold after every step of a simulation of peers that follow the seed's rule. Cheap enough to be always
// on: each check looks only at what the step changed.

import { RecordSum, sameFingerprint } from "../../core/fingerprint.js";
import { DEFAULT_LIMITS, type Limits } from "../../core/limits.js";
import type { Member } from "../../core/member.js";
import type { RecordChange } from "../../core/member-table.js";
import { type Claim, mergeClaims } from "../../core/precedence.js";
import { type PeerRecord, sameRecord } from "../../core/record.js";
import { DEFAULT_TIMING } from "../../core/timing.js";
import type { SimOriginal } from "../original.js";
import { SimPeer } from "../sim-peer.js";
import type { StepKind } from "../sim-transport.js";
import type { FaultKind, SimProcess, Simulator, StepObserver } from "../simulator.js";
import { harmDone } from "./original-check.js";
import type { Invariant, Violate, Violation } from "./violation.js";

/** What is known of the versions that an owner gave itself. */
interface OwnVersions {
  highest: number;
  current: number;
  /** Of which of its processes `current` is. */
  life: number;
  /** Whether a process began at a version that an earlier one had reached. */
  fell: boolean;
}

/** How long a trouble explains a removal that it led to: all timeouts, and some queueing. */
const TROUBLE_MS = DEFAULT_TIMING.exchangeTimeoutMs + DEFAULT_TIMING.pingTimeoutMs + 2_000;
/** A backlog that counts as a stall. */
const STALL_MS = 100;
/** The costlier checks look at one step in so many. */
const SAMPLE_STEPS = 64;
/** Records of one address that are merged in every order. */
const MERGED_RECORDS = 4;

/** What is checked against, and who is told beside {@link InvariantChecker.violations}. */
export interface SeedInvariantOptions {
  readonly limits?: Limits;
  readonly violate?: Violate;
}

/** Checks a running simulation; violations are collected, the run goes on. */
export class InvariantChecker implements StepObserver {
  readonly violations: Violation[] = [];
  readonly #sim: Simulator;
  readonly #onViolation: Violate | undefined;
  readonly #limits: Limits;
  /** The highest version that each owner ever gave itself, and the process that did. */
  readonly #ownVersions = new Map<string, OwnVersions>();
  /** When each peer was last in trouble. */
  readonly #troubles = new Map<SimProcess, number>();
  /** The answer that is being taken in, or was last. */
  #answer: { readonly to: SimPeer; readonly from: SimProcess | undefined } | undefined;
  /** The latest different records of each address, to be merged in every order. */
  readonly #records = new Map<string, PeerRecord[]>();
  #steps = 0;

  constructor(sim: Simulator, { limits = DEFAULT_LIMITS, violate }: SeedInvariantOptions = {}) {
    this.#sim = sim;
    this.#limits = limits;
    this.#onViolation = violate;
  }

  onStep(peer: SimPeer, kind: StepKind, other: SimProcess | undefined): void {
    this.#answer = kind === "answer" ? { to: peer, from: other } : undefined;
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
    for (const harm of harmDone(this.#sim, original)) this.#violate("original-unharmed", harm);
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
    if (after === undefined) return;
    this.#checkMerge(after);
    if (subject instanceof SimPeer) this.#checkVersion(observer, subject, before, after);
  }

  onFault(_kind: FaultKind, processes: readonly SimProcess[]): void {
    for (const peer of processes) {
      this.#trouble(peer);
    }
  }

  /** The invariant that holds at the end: all live peers agree. */
  checkAgreement(withinMs: number, agree = () => this.#sim.agrees): number | undefined {
    const tookMs = this.#sim.runUntil(agree, { withinMs });
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
    const { version } = own;
    const { life } = peer.host;
    const known = this.#ownVersions.get(peer.address);
    if (known?.life === life && known.current === version) return;
    this.#checkMerge(recordOf(own));
    if (known === undefined) {
      this.#ownVersions.set(peer.address, {
        highest: version,
        current: version,
        life,
        fell: false,
      });
      return;
    }
    if (known.life === life && version < known.current) {
      this.#violate(
        "owner-writes",
        `${peer.address} lowered its own version from ${known.current} to ${version}`,
      );
    }
    if (known.life !== life && version <= known.highest) known.fell = true;
    known.life = life;
    known.current = version;
    known.highest = Math.max(known.highest, version);
  }

  /**
   * Only its owner raises a version, and nobody sees it fall, unless a later process of the owner
   * began below an earlier one: its clock was set back, or it came back within the second.
   */
  #checkVersion(
    observer: SimPeer,
    subject: SimPeer,
    before: PeerRecord | undefined,
    after: PeerRecord,
  ): void {
    this.#checkOwnVersion(subject);
    const own = this.#ownVersions.get(subject.address);
    const highest = own?.highest ?? -1;
    if (after.version > highest) {
      this.#violate(
        "owner-writes",
        `${observer.address} holds version ${after.version} of ${subject.address}, which never wrote more than ${highest}`,
      );
    }
    if (before !== undefined && after.version < before.version && own?.fell !== true) {
      this.#violate(
        "owner-writes",
        `${observer.address} saw ${subject.address} fall from ${before.version} to ${after.version}`,
      );
    }
  }

  /** Listed, or listed again, is only who has just answered the peer that lists it. */
  #checkJoin(observer: SimPeer, subject: SimProcess): void {
    if (this.#answer?.to === observer && this.#answer.from === subject) return;
    this.#violate(
      "returns-by-itself",
      `${observer.address} lists ${subject.address}, which has not answered it`,
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

  /** The order in which records of one address come does not decide which of them is held. */
  #checkMerge(record: PeerRecord): void {
    const { address } = record;
    const others = this.#records.get(address) ?? [];
    if (others.some((other) => sameRecord(other, record))) return;
    for (const a of others) {
      if (!sameRecord(merge(a, record), merge(record, a))) this.#violateMergeOrder(address);
      for (const b of others) {
        if (sameRecord(merge(merge(a, b), record), merge(a, merge(b, record)))) continue;
        this.#violateMergeOrder(address);
      }
    }
    this.#records.set(address, [...others.slice(1 - MERGED_RECORDS), record]);
  }

  #violateMergeOrder(address: string): void {
    this.#violate("merge-order", `the order of arrival decides what is held of ${address}`);
  }

  #checkLimits(peer: SimPeer): void {
    const { core } = peer;
    if (core === undefined) return;
    const { live, gone, candidates, seeds, calls } = core.sizes;
    const limits = this.#limits;
    // Of the rotation; of the dial queue, of the seeds and of leaving.
    const maxCalls = limits.maxExchanges + 3 * limits.maxDials;
    const isWithin =
      live <= limits.maxMembers &&
      gone <= limits.maxGoneMembers &&
      candidates <= limits.maxCandidates &&
      seeds <= limits.maxSeeds &&
      calls <= maxCalls &&
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
      this.#violateMergeOrder(address);
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
    this.#onViolation?.(invariant, message);
  }
}

function recordOf({ address, version, status, info }: Member): PeerRecord {
  return { address, version, deleted: status === "left", name: info.name };
}

function merge(a: PeerRecord, b: PeerRecord): PeerRecord {
  return mergeClaims({ record: a, evidence: "relayed" }, { record: b, evidence: "relayed" }).record;
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
