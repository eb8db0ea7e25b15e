// The members a peer knows, itself among them: live ones, and tombstones of those that failed or
// left. Every record that comes in is merged here, and every change comes out as one.

import type { Fingerprint } from "../fingerprint.js";
import type { Limits } from "../limits.js";
import type { NativeBase } from "./member-base.js";
import type { MemberRecord } from "./member-record.js";
import { mergeRecords, sameMemberRecord } from "./merge.js";
import { hashOf } from "./record-hash.js";
import { FULL_MESH_MEMBERS, NeighbourSearch } from "./rings.js";
import { newEntry, type RosterEntry } from "./roster-entry.js";
import { KEPT_SYMBOLS, RosterSum } from "./roster-sum.js";
import { type CodedSymbol, Sketch } from "./sketch.js";

/** A change of what is held of one member. */
export interface RosterChange {
  /** Whose record it is. */
  readonly address: string;
  /** What was held before; undefined for an unknown member. */
  readonly before: MemberRecord | undefined;
  /** What is held from now on; undefined when it was forgotten. */
  readonly after: MemberRecord | undefined;
  /** Whether the member was listed before. */
  readonly wasListed: boolean;
  /** Whether it is from now on. */
  readonly isListed: boolean;
}

/** What a roster is made from. */
export interface RosterOptions {
  readonly own: MemberRecord;
  readonly limits: Limits;
  /** Members to begin with, shared with other rosters; our own record among them. */
  readonly base?: NativeBase | undefined;
  readonly onChange: (change: RosterChange) => void;
}

/** Everything that a peer knows of its cluster. */
export class Roster {
  readonly #own: string;
  readonly #limits: Limits;
  readonly #base: NativeBase | undefined;
  readonly #onChange: (change: RosterChange) => void;
  /** Members of the base that are held apart from it. */
  readonly #overridden = new Set<string>();
  readonly #entries = new Map<string, RosterEntry>();
  readonly #gone = new Set<string>();
  readonly #unreachable = new Set<string>();
  /** Of the tombstones that were forgotten because there were too many, the one that expires last. */
  #lastExcess: MemberRecord | undefined;
  readonly #sum = new RosterSum();
  #liveCount = 0;
  #neighbours: Set<string> | undefined;
  /** Counts the changes of who is listed and of who is suspected. */
  #listVersion = 0;

  constructor({ own, limits, base, onChange }: RosterOptions) {
    this.#own = own.address;
    this.#limits = limits;
    this.#base = base;
    this.#onChange = onChange;
    if (base !== undefined) {
      this.#sum.addSum(base.sum);
      this.#liveCount = base.entries.size;
    }
    this.#replace(this.get(own.address), own, false);
  }

  /** Members that are neither gone nor unreachable, ourselves included. */
  get liveCount(): number {
    return this.own.verdict === "live" ? this.#liveCount : this.#liveCount + 1;
  }

  get goneCount(): number {
    return this.#gone.size;
  }

  /** Changes whenever {@link neighbours} may have. */
  get listVersion(): number {
    return this.#listVersion;
  }

  get fingerprint(): Fingerprint {
    return this.#sum.fingerprint;
  }

  /** Our own record. */
  get own(): MemberRecord {
    const entry = this.get(this.#own);
    if (entry === undefined) throw new Error("a roster always holds its owner");
    return entry.record;
  }

  get(address: string): RosterEntry | undefined {
    const held = this.#entries.get(address);
    if (held !== undefined) return held;
    return this.#overridden.has(address) ? undefined : this.#base?.entries.get(address);
  }

  /** The entry of a member that is listed. */
  live(address: string): RosterEntry | undefined {
    const entry = this.get(address);
    return entry !== undefined && isListed(entry) ? entry : undefined;
  }

  /** Everyone who is held. Without a base no generator stands in between: every exchange goes by here. */
  entries(): Iterable<RosterEntry> {
    return this.#base === undefined ? this.#entries.values() : this.#withBase(this.#base);
  }

  *#withBase(base: NativeBase): Generator<RosterEntry> {
    for (const entry of base.entries.values()) {
      if (!this.#overridden.has(entry.address)) yield entry;
    }
    yield* this.#entries.values();
  }

  /** All records, tombstones included. */
  records(): MemberRecord[] {
    const records: MemberRecord[] = [];
    for (const { record } of this.entries()) records.push(record);
    return records;
  }

  /** The addresses of those that failed, or that we cannot reach: they may be back. */
  failed(): string[] {
    const failed = [...this.#unreachable];
    for (const address of this.#gone) {
      if (address === this.#own) continue;
      if (this.get(address)?.record.verdict === "failed") failed.push(address);
    }
    return failed;
  }

  /** The first `length` coded symbols of all records. */
  symbols(length: number): readonly CodedSymbol[] {
    if (length <= KEPT_SYMBOLS) return this.#sum.sketch.symbols.slice(0, length);
    const sketch = new Sketch(length);
    for (const entry of this.entries()) sketch.add(hashOf(entry.record).item);
    return sketch.symbols;
  }

  /**
   * Takes in a record. Returns what is held from then on where that changed, and undefined where the
   * record held nothing newer, or nothing that there is room for. A verdict may be doubted.
   */
  merge(record: MemberRecord, isDoubted = false): MemberRecord | undefined {
    const entry = this.get(record.address);
    if (entry === undefined) {
      if (record.verdict === "live" && this.isFull) return undefined;
      if (record.verdict !== "live" && this.#isExcess(record)) return undefined;
      this.#replace(undefined, record, isDoubted);
      return record;
    }
    const merged = mergeRecords(entry.record, record);
    if (sameMemberRecord(merged, entry.record)) return undefined;
    const isBack = merged.verdict === "live" && entry.record.verdict !== "live";
    if (isBack && this.isFull && record.address !== this.#own) return undefined;
    this.#replace(entry, merged, isDoubted);
    return merged;
  }

  /** True when no more live members can be listed. */
  get isFull(): boolean {
    return this.#liveCount >= this.#limits.maxMembers;
  }

  /** Lists a member no longer, or again, without telling others. */
  setUnreachable(address: string, isUnreachable: boolean): void {
    const entry = this.get(address);
    if (entry === undefined || entry.isUnreachable === isUnreachable) return;
    // Who is gone is not listed anyway, and dialled as one that is gone.
    if (entry.record.verdict !== "live") return;
    const wasListed = isListed(entry);
    const own = this.#changeable(entry);
    own.isUnreachable = isUnreachable;
    if (isUnreachable) this.#unreachable.add(address);
    else this.#unreachable.delete(address);
    this.#onListed(own, wasListed, own.record);
  }

  /** Lists all again whom we could not reach. */
  setAllReachable(): void {
    for (const address of this.#unreachable) this.setUnreachable(address, false);
  }

  setSuspected(address: string, isSuspected: boolean): void {
    const entry = this.get(address);
    if (entry === undefined || entry.isSuspected === isSuspected) return;
    this.#changeable(entry).isSuspected = isSuspected;
    this.#neighbours = undefined;
    this.#listVersion += 1;
  }

  /** Forgets the tombstones that have expired by then. */
  forgetExpired(nowMinutes: number): void {
    for (const address of this.#gone) {
      const entry = this.get(address);
      if (entry === undefined || address === this.#own) continue;
      if (entry.record.expiresAt <= nowMinutes) this.#forget(entry);
    }
  }

  /** Forgets all others that are held as live; gives their addresses. */
  forgetLive(): string[] {
    const addresses = Array.from(this.entries())
      .filter(({ address, record }) => record.verdict === "live" && address !== this.#own)
      .map(({ address }) => address);
    for (const address of addresses) {
      this.setUnreachable(address, true);
      const entry = this.get(address);
      if (entry !== undefined) this.#forget(entry);
    }
    return addresses;
  }

  /** Forgets the tombstones beyond the limit, those first that expire first. */
  forgetExcess(): void {
    const excess = this.#gone.size - this.#limits.maxGoneMembers;
    if (excess <= 0) return;
    const entries = Array.from(this.#gone, (address) => this.get(address)).filter(
      (entry): entry is RosterEntry => entry !== undefined && entry.address !== this.#own,
    );
    entries.sort((a, b) => compareExpiry(a.record, b.record));
    for (const entry of entries.slice(0, excess)) {
      const last = this.#lastExcess;
      if (last === undefined || compareExpiry(entry.record, last) > 0) {
        this.#lastExcess = entry.record;
      }
      this.#forget(entry);
    }
  }

  /** What is beyond the limit is not learnt again from those who have not forgotten it yet. */
  #isExcess(record: MemberRecord): boolean {
    const last = this.#lastExcess;
    if (last === undefined || this.#gone.size < this.#limits.maxGoneMembers) return false;
    return compareExpiry(record, last) <= 0;
  }

  /** True when it is listed and not suspected, so that it may be a neighbour. */
  isEligible(address: string): boolean {
    const entry = this.get(address);
    return entry !== undefined && isEligible(entry);
  }

  /** Those whom we link to: our neighbours on the rings among the members not suspected. */
  neighbours(): ReadonlySet<string> {
    const own = this.get(this.#own);
    if (own === undefined) return new Set();
    this.#neighbours ??= this.neighboursOf(own);
    return this.#neighbours;
  }

  /** The ring neighbours of a member, listed or not: those who watch it. */
  neighboursOf(around: RosterEntry): Set<string> {
    if (this.#liveCount <= FULL_MESH_MEMBERS) return this.#allBut(around.address);
    const search = new NeighbourSearch(around);
    this.#base?.offerNearest(search, around, (entry) => {
      return !this.#overridden.has(entry.address) && isEligible(entry);
    });
    for (const entry of this.#entries.values()) if (isEligible(entry)) search.offer(entry);
    return search.addresses;
  }

  #allBut(address: string): Set<string> {
    const addresses = new Set<string>();
    for (const entry of this.entries()) if (isEligible(entry)) addresses.add(entry.address);
    addresses.delete(address);
    return addresses;
  }

  #replace(held: RosterEntry | undefined, record: MemberRecord, isDoubted: boolean): void {
    const before = held?.record;
    const wasListed = held !== undefined && isListed(held);
    const entry = held === undefined ? newEntry(record) : this.#changeable(held);
    if (held === undefined) this.#entries.set(record.address, entry);
    entry.record = record;
    entry.isDoubted = isDoubted;
    // What is new of it was said by someone who reached it.
    entry.isUnreachable = false;
    this.#unreachable.delete(record.address);
    if (before !== undefined) this.#sum.subtract(before);
    this.#sum.add(record);
    // What is said of ourselves is no tombstone: we are never forgotten.
    const isOwn = record.address === this.#own;
    if (record.verdict === "live" || isOwn) this.#gone.delete(record.address);
    else this.#gone.add(record.address);
    this.#onListed(entry, wasListed, before);
  }

  #forget(entry: RosterEntry): void {
    this.#changeable(entry);
    this.#entries.delete(entry.address);
    this.#gone.delete(entry.address);
    this.#unreachable.delete(entry.address);
    this.#sum.subtract(entry.record);
    const { address, record: before } = entry;
    this.#onChange({ address, before, after: undefined, wasListed: false, isListed: false });
  }

  #onListed(entry: RosterEntry, wasListed: boolean, before: MemberRecord | undefined): void {
    const listed = isListed(entry);
    if (listed !== wasListed) {
      this.#liveCount += listed ? 1 : -1;
      this.#updateNeighbours(entry, listed);
    }
    const { address, record: after } = entry;
    this.#onChange({ address, before, after, wasListed, isListed: listed });
  }

  /** A newcomer matters when it is nearer than those we have; one that goes, when we have it. */
  #updateNeighbours(entry: RosterEntry, listed: boolean): void {
    const neighbours = this.#neighbours;
    if (neighbours === undefined) return;
    const isMatter = listed
      ? this.#comesBetween(entry, neighbours)
      : // From here on down all are neighbours, whoever went.
        this.#liveCount <= FULL_MESH_MEMBERS || neighbours.has(entry.address);
    if (!isMatter) return;
    this.#neighbours = undefined;
    this.#listVersion += 1;
  }

  #comesBetween(entry: RosterEntry, neighbours: ReadonlySet<string>): boolean {
    if (this.#liveCount <= FULL_MESH_MEMBERS + 1) return true;
    const own = this.get(this.#own);
    if (own === undefined) return false;
    const search = new NeighbourSearch(own);
    for (const address of neighbours) {
      const neighbour = this.get(address);
      if (neighbour !== undefined) search.offer(neighbour);
    }
    return search.offer(entry);
  }

  /** The entry itself where it is ours alone, or else a copy of the base's that takes its place. */
  #changeable(entry: RosterEntry): RosterEntry {
    if (this.#base?.entries.get(entry.address) !== entry) return entry;
    const copy = { ...entry };
    this.#overridden.add(entry.address);
    this.#entries.set(entry.address, copy);
    return copy;
  }
}

/** Which of two tombstones is forgotten first: the same at all peers. */
function compareExpiry(a: MemberRecord, b: MemberRecord): number {
  if (a.expiresAt !== b.expiresAt) return a.expiresAt - b.expiresAt;
  if (a.address === b.address) return 0;
  return a.address < b.address ? -1 : 1;
}

function isListed(entry: RosterEntry): boolean {
  return entry.record.verdict === "live" && !entry.isUnreachable;
}

function isEligible(entry: RosterEntry): boolean {
  return isListed(entry) && !entry.isSuspected;
}
