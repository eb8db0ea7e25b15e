// Anti-entropy: two peers compare fingerprints, find what differs in bytes that grow with the
// difference alone, and give each other the records that the other lacks.

import { sameFingerprint } from "../fingerprint.js";
import { type Random, randomIndex } from "../random.js";
import { RateLimit } from "../rate-limit.js";
import { frameBatches } from "./frame-batches.js";
import type {
  Comparison,
  Frame,
  Probe,
  ProbeAnswer,
  RecordHash,
  Records,
  RecordsRequest,
  Symbols,
  SymbolsRequest,
} from "./frames.js";
import type { LinkState } from "./link-table.js";
import type { MemberRecord } from "./member-record.js";
import type { NativeCounters } from "./native-counters.js";
import { DIFFERENCE_TIMEOUT_MS } from "./native-timing.js";
import { hashOf } from "./record-hash.js";
import type { Roster } from "./roster.js";
import { KEPT_SYMBOLS } from "./roster-sum.js";
import { type CodedSymbol, type Difference, differenceOf } from "./sketch.js";

/** A second, longer sketch, for when the first does not do. */
const MORE_SYMBOLS = 512;
/** Records of one frame, at most. */
const RECORDS_PER_FRAME = 256;
/** Beyond this difference of their counts two lists are not compared: the whole list goes. */
const MAX_COUNT_DIFFERENCE = 64;
/** Records of whole lists that are sent in a second; beyond that others are named. */
const LIST_RECORDS_PER_SECOND = 50_000;
/** Others that a busy peer names. */
const NAMED_OTHERS = 8;

/** What exchanges work on. */
export interface ExchangeContext {
  readonly roster: Roster;
  readonly counters: NativeCounters;
  readonly random: Random;
  send(link: LinkState, frame: Frame): void;
  /** Takes in what `from` holds. */
  onRecord(record: MemberRecord, from: string, now: number): void;
  /** `from` has no time for us, and names others that may have. */
  onBusy(addresses: readonly string[], now: number): void;
}

/** A difference that is being settled, by the one that began the exchange. */
interface Session {
  readonly seq: number;
  readonly begunAtMs: number;
  /** What the other side has sent of what it holds, by hash and by member. */
  readonly received: Set<number>;
  readonly receivedOf: Set<string>;
  /** What only we hold, once that is known. */
  ours: readonly RecordHash[] | undefined;
  hasAskedForMore: boolean;
}

/** The exchanges of one peer. */
export class Exchanges {
  readonly #context: ExchangeContext;
  /** By link: one at a time. */
  readonly #sessions = new Map<number, Session>();
  readonly #listRate: RateLimit;

  constructor(context: ExchangeContext, now: number) {
    this.#context = context;
    this.#listRate = new RateLimit(LIST_RECORDS_PER_SECOND, now);
  }

  /** Answers a probe. */
  onProbe(link: LinkState, probe: Probe, now: number): void {
    const { roster, counters, send } = this.#context;
    counters.probesServed += 1;
    const { seq, fingerprint } = probe;
    const comparison: Comparison =
      fingerprint === undefined || sameFingerprint(fingerprint, roster.fingerprint)
        ? { type: "same" }
        : this.#compare(fingerprint.count, now);
    send(link, { type: "probe-answer", seq, comparison });
    if (comparison.type === "whole-list") this.#sendWholeList(link, seq);
  }

  /** Goes on with an exchange of ours whose probe was answered. */
  onProbeAnswer(link: LinkState, { seq, comparison }: ProbeAnswer, now: number): void {
    switch (comparison.type) {
      case "same":
        break;
      case "busy":
        this.#context.onBusy(comparison.addresses, now);
        break;
      case "whole-list":
        this.#begin(link, seq, now);
        break;
      case "different": {
        this.#begin(link, seq, now);
        this.#onDifference(link, this.#differenceTo(comparison.symbols));
        break;
      }
      default:
        comparison satisfies never;
    }
  }

  onSymbolsRequest(link: LinkState, { seq }: SymbolsRequest): void {
    const symbols = this.#context.roster.symbols(MORE_SYMBOLS);
    this.#context.send(link, { type: "symbols", seq, from: 0, symbols });
  }

  onSymbols(link: LinkState, { seq, symbols }: Symbols): void {
    if (this.#sessions.get(link.id)?.seq !== seq) return;
    this.#onDifference(link, this.#differenceTo(symbols));
  }

  onRecordsRequest(link: LinkState, { seq, hashes, all }: RecordsRequest): void {
    if (all) {
      this.#sendWholeList(link, seq);
      return;
    }
    this.#sendRecords(link, seq, this.#find(hashes));
  }

  onRecords(link: LinkState, { seq, records, last }: Records, now: number): void {
    const session = this.#sessions.get(link.id);
    const isAnswer = session !== undefined && session.seq === seq;
    for (const record of records) {
      if (isAnswer) {
        session.received.add(nameOf(record));
        session.receivedOf.add(record.address);
      }
      if (link.address !== undefined) this.#context.onRecord(record, link.address, now);
    }
    if (isAnswer && last) this.#finish(link, session);
  }

  /** The link is gone, and the exchange on it. */
  onLinkEnded(link: LinkState): void {
    this.#sessions.delete(link.id);
  }

  /** True while a difference is being settled on that link. */
  isBusy(link: LinkState, now: number): boolean {
    const session = this.#sessions.get(link.id);
    if (session === undefined) return false;
    if (now - session.begunAtMs < DIFFERENCE_TIMEOUT_MS) return true;
    this.#sessions.delete(link.id);
    return false;
  }

  #compare(theirCount: number, now: number): Comparison {
    const { roster, counters, random } = this.#context;
    counters.differencesFound += 1;
    const { count } = roster.fingerprint;
    const apart = Math.abs(theirCount - count);
    if (apart <= Math.max(1, Math.min(MAX_COUNT_DIFFERENCE, count / 4))) {
      return { type: "different", symbols: roster.symbols(KEPT_SYMBOLS) };
    }
    if (this.#listRate.take(now, count)) return { type: "whole-list" };
    const others = Array.from(roster.entries(), ({ address, record }) => ({ address, record }))
      .filter(({ address, record }) => record.verdict === "live" && address !== roster.own.address)
      .map(({ address }) => address);
    const addresses: string[] = [];
    while (addresses.length < NAMED_OTHERS && others.length > 0) {
      addresses.push(...others.splice(randomIndex(others.length, random), 1));
    }
    return { type: "busy", addresses };
  }

  #begin(link: LinkState, seq: number, now: number): void {
    this.#context.counters.differencesFound += 1;
    this.#sessions.set(link.id, {
      seq,
      begunAtMs: now,
      received: new Set(),
      receivedOf: new Set(),
      ours: undefined,
      hasAskedForMore: false,
    });
  }

  #differenceTo(symbols: readonly CodedSymbol[]): Difference | undefined {
    // No more than were asked for: each costs us a pass over all records.
    const length = Math.min(symbols.length, MORE_SYMBOLS);
    return differenceOf(this.#context.roster.symbols(length), symbols);
  }

  #onDifference(link: LinkState, difference: Difference | undefined): void {
    const session = this.#sessions.get(link.id);
    if (session === undefined) return;
    const { seq } = session;
    const { send } = this.#context;
    if (difference !== undefined) {
      session.ours = difference.ours;
      if (difference.theirs.length === 0) this.#finish(link, session);
      else send(link, { type: "records-request", seq, hashes: difference.theirs, all: false });
    } else if (!session.hasAskedForMore) {
      session.hasAskedForMore = true;
      send(link, { type: "symbols-request", seq, from: 0, count: MORE_SYMBOLS });
    } else {
      send(link, { type: "records-request", seq, hashes: [], all: true });
    }
  }

  /** Gives the other side what it lacks of ours, now that we have all of its. */
  #finish(link: LinkState, session: Session): void {
    this.#sessions.delete(link.id);
    const { ours, received, receivedOf } = session;
    const wanted = ours === undefined ? undefined : namesOf(ours);
    const lacking = this.#context.roster.records().filter((record) => {
      const name = nameOf(record);
      if (received.has(name)) return false;
      // Of what it sent, each side may know better in one respect: then both lack what came of it.
      return wanted === undefined || wanted.has(name) || receivedOf.has(record.address);
    });
    if (lacking.length > 0) this.#sendRecords(link, 0, lacking);
  }

  /** Those of our records, as they are now, that have these hashes. */
  #find(hashes: readonly RecordHash[]): MemberRecord[] {
    const wanted = namesOf(hashes);
    if (wanted.size === 0) return [];
    return this.#context.roster.records().filter((record) => wanted.has(nameOf(record)));
  }

  #sendWholeList(link: LinkState, seq: number): void {
    this.#context.counters.wholeListsSent += 1;
    this.#sendRecords(link, seq, this.#context.roster.records());
  }

  #sendRecords(link: LinkState, seq: number, records: readonly MemberRecord[]): void {
    for (const { begin, end } of frameBatches(records, RECORDS_PER_FRAME)) {
      const batch = records.slice(begin, end);
      const last = end === records.length;
      this.#context.send(link, { type: "records", seq, records: batch, last });
    }
  }
}

function namesOf(hashes: readonly RecordHash[]): Set<number> {
  return new Set(hashes.map(nameOfHash));
}

/** A record by its hash. */
function nameOf(record: MemberRecord): number {
  return nameOfHash(hashOf(record).item);
}

/** As many bits of a hash as a number holds: texts of all records would cost milliseconds. */
function nameOfHash({ high, low }: RecordHash): number {
  return (high >>> 0) * 2 ** 21 + (low >>> 11);
}
