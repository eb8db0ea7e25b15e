// What others tell of members, and how it goes on from here: taken in where it is newer, and passed
// on where it is news.

import { Histogram } from "../histogram.js";
import type { Limits } from "../limits.js";
import type { RejectionCounter } from "../rejection.js";
import { Accusations } from "./accusations.js";
import type { Calendar } from "./calendar.js";
import { Credit } from "./credit.js";
import { frameBatches } from "./frame-batches.js";
import type { Frame, Rumors } from "./frames.js";
import type { History } from "./history.js";
import type { LinkState, LinkTable } from "./link-table.js";
import type { MemberRecord, SentRecord } from "./member-record.js";
import { compareLife, mergeRecords, sameMemberRecord } from "./merge.js";
import type { NativeCounters } from "./native-counters.js";
import { completedRecord, wholeRecord } from "./own-member.js";
import { FULL_MESH_MEMBERS } from "./rings.js";
import type { Roster } from "./roster.js";
import type { RosterEntry } from "./roster-entry.js";
import type { RumorBatch, RumorKind, RumorQueue } from "./rumor-queue.js";
import type { Saying } from "./standing.js";

/** What news works on. */
export interface NewsContext {
  readonly roster: Roster;
  readonly rumors: RumorQueue;
  readonly links: LinkTable;
  readonly calendar: Calendar;
  readonly history: History;
  readonly counters: NativeCounters;
  readonly rejections: RejectionCounter;
  readonly limits: Limits;
  /** How long an accusation waits for what the accused says. */
  readonly graceMs: number;
  send(link: LinkState, frame: Frame): void;
  /** A rumor builds on what we do not have: the other side is asked for the whole. */
  askForWhole(link: LinkState, from: string, now: number): void;
  /** Someone says this of us. */
  onSaidOfSelf(record: MemberRecord, saying: Saying, from: string, now: number): void;
  /** True when we watch a member, or heard it just now: then we know better than who says it is gone. */
  isAnswering(address: string): boolean;
  /** Why the verdicts that are taken in now were passed. */
  setVerdictReason(reason: string): void;
  /** How long the latest answer took of a peer that we are linked to. */
  roundTripMs(address: string): number | undefined;
}

/** How news came. */
interface Source {
  readonly from: string;
  /** Whether it is for us to pass it on. */
  readonly passOn: boolean;
  readonly saying: Saying;
}

/** Takes in news, and passes it on. */
export class News {
  /** How long news had been on its way when it came by rumor. */
  readonly arrivals = new Histogram();
  readonly #context: NewsContext;
  readonly #accusations: Accusations;
  readonly #credit: Credit;

  constructor(context: NewsContext) {
    this.#context = context;
    this.#accusations = new Accusations(context.graceMs, context.limits.maxAccusations);
    this.#credit = new Credit(context.limits.maxRefutedVerdicts);
  }

  /** Rumors came by a link. */
  onRumors(link: LinkState, rumors: Rumors, now: number): void {
    const { records, agesMs } = rumors;
    for (let index = 0; index < records.length; index += 1) {
      const record = records[index];
      if (record !== undefined) this.#onRumor(link, record, rumors, agesMs?.[index], now);
    }
  }

  /** `first`: it began at the other side. */
  #onRumor(
    link: LinkState,
    sent: SentRecord,
    { first, accusing }: RumorKind,
    sentAgeMs: number | undefined,
    now: number,
  ): void {
    const { roster, counters, askForWhole } = this.#context;
    counters.rumorsReceived += 1;
    const from = link.address ?? "";
    const record = completedRecord(sent, roster.get(sent.address)?.record);
    if (record === undefined) return askForWhole(link, from, now);
    // Where all are linked to all, who began it tells all. But who has no link to one that leaves, as
    // right after its own start, would take it for dead before the next exchange.
    const isToldToAll = roster.liveCount <= FULL_MESH_MEMBERS && first && record.verdict !== "left";
    const saying = accusing ? "accused" : "passed";
    const isNews = this.#learn(record, sent, { from, passOn: !isToldToAll, saying }, now);
    if (!isNews) return;
    // No clock but our own is trusted: the way here took half of a round trip, as we measured it.
    const roundTripMs = this.#context.roundTripMs(from);
    if (sentAgeMs === undefined || roundTripMs === undefined) return;
    const ageMs = sentAgeMs + roundTripMs / 2;
    this.arrivals.add(ageMs);
    if (!isToldToAll) this.#context.rumors.noteAge(record.address, ageMs);
  }

  /** An exchange told us of a record. Who agreed on a verdict in it cannot be told. */
  onExchanged(record: MemberRecord, from: string, now: number): void {
    this.#learn(record, wholeRecord(record), { from, passOn: true, saying: "exchanged" }, now);
  }

  /** Tells one peer what is held of a member: of itself, so that it can rise above that, or of another. */
  tellEntry(link: LinkState, { record, isDoubted }: RosterEntry): void {
    const records = [wholeRecord(record)];
    this.#context.send(link, { type: "rumors", records, first: false, accusing: isDoubted });
  }

  /** Tells of a verdict of ours that most watchers have not agreed on. */
  accuse(record: MemberRecord, reason: string, now: number): void {
    this.#accuse(record, { from: undefined, passOn: true, saying: "accused" }, reason, now);
  }

  /** Lets the accusations take effect that nobody has contradicted in time. */
  onTimeout(now: number): void {
    const { roster, setVerdictReason } = this.#context;
    for (const { record, from, isDoubted, reason } of this.#accusations.takeDue(now)) {
      setVerdictReason(reason);
      const merged = roster.merge(record, isDoubted);
      if (merged !== undefined) this.#note(merged, from ?? roster.own.address, now);
    }
  }

  nextAtMs(): number {
    return this.#accusations.nextAtMs();
  }

  /** Time in which nothing could be heard does not count. */
  delayBy(durationMs: number): void {
    this.#accusations.delayBy(durationMs);
  }

  /**
   * Takes in what another holds of a member, and passes it on where it is news. Returns whether it
   * was.
   */
  #learn(record: MemberRecord, sent: SentRecord, source: Source, now: number): boolean {
    const { from, passOn, saying } = source;
    if (!this.#isTakenIn(record, source, now)) return false;
    const { roster, rumors, links } = this.#context;
    const listed = this.#listedUnder(record);
    if (listed !== undefined && from !== record.address) {
      // Who is itself held as failed may be cut off from all whom it holds as failed.
      const teller = roster.get(from)?.record;
      if (record.verdict === "failed" && teller !== undefined && teller.verdict !== "live") {
        return false;
      }
      if (saying !== "passed" || this.#isDoubtful(record, listed, from, now)) {
        return this.#accuse(record, source, `${from} says so`, now);
      }
      this.#credit.onBelieved(record, from);
    } else if (record.verdict === "live") this.#credit.onLive(record, now);
    this.#context.setVerdictReason(`${from} says so`);
    const waiting = rumors.waiting(record.address);
    const merged = roster.merge(record);
    if (merged === undefined) {
      this.#onNoNews(record, from);
      return false;
    }
    this.#note(merged, from, now);
    // A newcomer is given the whole list by the only one that it is linked to.
    if (!passOn || !links.hasReadyBeside(from)) return true;
    const isAsSent = waiting === undefined && merged.version === sent.version;
    rumors.add(isAsSent ? sent : wholeRecord(merged), from, false, now);
    return true;
  }

  /** The listed member that this says is gone; undefined where it says nothing of the kind. */
  #listedUnder(record: MemberRecord): MemberRecord | undefined {
    const listed = this.#context.roster.live(record.address)?.record;
    if (listed === undefined || record.verdict === "live") return undefined;
    const isNewer =
      record.generation === listed.generation
        ? compareLife(record, listed) > 0
        : record.generation > listed.generation;
    return isNewer ? listed : undefined;
  }

  /**
   * True when a verdict on a listed member is not to be believed at once, whatever its teller says of
   * who agreed: it answers us; nobody forgets a live one; we never heard of that boot of it; or the
   * teller is no member that we list, or was wrong too often.
   */
  #isDoubtful(record: MemberRecord, listed: MemberRecord, from: string, now: number): boolean {
    const { isAnswering, rejections, roster } = this.#context;
    if (record.verdict === "forgotten" || record.generation !== listed.generation) return true;
    if (isAnswering(record.address) || roster.live(from) === undefined) return true;
    if (!this.#credit.isSpent(from, now)) return false;
    rejections.add("teller-often-wrong", from);
    return true;
  }

  /** Returns whether it was news. */
  #accuse(
    record: MemberRecord,
    { from, passOn, saying }: Omit<Source, "from"> & { from: string | undefined },
    reason: string,
    now: number,
  ): boolean {
    const { roster, rumors, rejections } = this.#context;
    const accusation = { record, from, isDoubted: saying !== "passed", reason };
    const held = this.#accusations.hold(accusation, now);
    if (held === "too-many") rejections.add("too-many-accusations", from ?? record.address);
    if (held !== "held") return false;
    const known = roster.get(record.address)?.record ?? record;
    if (passOn) rumors.add(wholeRecord(mergeRecords(known, record)), from, true, now);
    return true;
  }

  /** Whether a record of another member may be merged; what is said of ourselves goes elsewhere. */
  #isTakenIn(record: MemberRecord, { from, saying }: Source, now: number): boolean {
    const { roster, rejections, calendar } = this.#context;
    const { address } = record;
    const fault = calendar.faultOf(record, address === roster.own.address, now);
    if (fault !== undefined) {
      rejections.add(fault, address);
      return false;
    }
    if (address === roster.own.address) {
      this.#context.onSaidOfSelf(record, saying, from, now);
      return false;
    }
    if (record.verdict !== "live" && record.expiresAt <= calendar.minutes(now)) return false;
    const isFull = roster.get(address) === undefined && record.verdict === "live" && roster.isFull;
    if (isFull) rejections.add("members-full", address);
    return !isFull;
  }

  /** Writes a record that begins here, and tells the others. */
  tell(record: MemberRecord, now: number): void {
    const { roster, rumors } = this.#context;
    const merged = roster.merge(record);
    if (merged !== undefined) rumors.add(wholeRecord(merged), undefined, false, now);
  }

  /** Sends the rumors that wait. */
  flush(now: number): void {
    const { roster, links } = this.#context;
    const neighbours = [...roster.neighbours()];
    this.flushTo(
      neighbours.filter((address) => links.to(address) !== undefined),
      now,
    );
  }

  /** Sends the rumors that wait to these, to whom there are links. */
  flushTo(addresses: readonly string[], now: number): void {
    const { rumors, links } = this.#context;
    for (const [address, batch] of rumors.take(addresses, now)) {
      const link = links.to(address);
      if (link !== undefined) this.#send(link, batch);
    }
  }

  #send(link: LinkState, batch: RumorBatch): void {
    const { counters, limits, send } = this.#context;
    const { first, accusing } = batch;
    counters.rumorsSent += batch.records.length;
    for (const { begin, end } of frameBatches(batch.records, limits.maxRecordsPerFrame)) {
      const records = batch.records.slice(begin, end);
      const agesMs = batch.agesMs.slice(begin, end);
      send(link, { type: "rumors", records, agesMs, first, accusing });
    }
  }

  /** Who told us what we know need not be told. */
  #onNoNews(record: MemberRecord, from: string): void {
    const { roster, rumors } = this.#context;
    const held = roster.get(record.address)?.record;
    if (held !== undefined && sameMemberRecord(held, record)) {
      rumors.noteKnown(record.address, from);
    }
  }

  #note({ address, verdict, incarnation }: MemberRecord, by: string, now: number): void {
    const { roster, counters, history } = this.#context;
    counters.rumorsNew += 1;
    roster.forgetExcess();
    if (verdict === "live" && incarnation === 0) return;
    history.add(address, { type: "changed", verdict, incarnation, by }, now);
  }
}
