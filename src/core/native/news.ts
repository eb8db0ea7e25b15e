// What others tell of members, and how it goes on from here: taken in where it is newer, and passed
// on where it is news.

import type { Limits } from "../limits.js";
import type { RejectionCounter } from "../rejection.js";
import type { Calendar } from "./calendar.js";
import type { Frame } from "./frames.js";
import type { History } from "./history.js";
import type { LinkState, LinkTable } from "./link-table.js";
import type { MemberRecord, SentRecord } from "./member-record.js";
import { sameMemberRecord } from "./merge.js";
import type { NativeCounters } from "./native-counters.js";
import { completedRecord, wholeRecord } from "./own-member.js";
import { FULL_MESH_MEMBERS } from "./rings.js";
import type { Roster } from "./roster.js";
import type { RumorQueue } from "./rumor-queue.js";

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
  send(link: LinkState, frame: Frame): void;
  /** A rumor builds on what we do not have: the other side is asked for the whole. */
  askForWhole(link: LinkState, from: string, now: number): void;
  /** `from` says this of us. */
  onSaidOfSelf(record: MemberRecord, now: number): void;
  /** Why the verdicts that are taken in now were passed. */
  setVerdictReason(reason: string): void;
}

/** Takes in news, and passes it on. */
export class News {
  readonly #context: NewsContext;

  constructor(context: NewsContext) {
    this.#context = context;
  }

  /** A rumor came by a link; `first`: it began at the other side. */
  onRumor(link: LinkState, sent: SentRecord, first: boolean, now: number): void {
    const { roster, counters, askForWhole } = this.#context;
    counters.rumorsReceived += 1;
    const from = link.address ?? "";
    const record = completedRecord(sent, roster.get(sent.address)?.record);
    if (record === undefined) return askForWhole(link, from, now);
    const isMesh = roster.liveCount <= FULL_MESH_MEMBERS && first;
    this.learn(record, sent, from, !isMesh, now);
  }

  /** Takes in what another holds of a member, and passes it on where it is news. */
  learn(record: MemberRecord, sent: SentRecord, from: string, passOn: boolean, now: number): void {
    const { roster, rumors, rejections, calendar } = this.#context;
    const { address } = record;
    const fault = calendar.faultOf(record, now);
    if (fault !== undefined) return rejections.add(fault, address);
    if (address === roster.own.address) return this.#context.onSaidOfSelf(record, now);
    if (record.verdict !== "live" && record.expiresAt <= calendar.minutes(now)) return;
    const isNew = roster.get(address) === undefined;
    if (isNew && record.verdict === "live" && roster.isFull) {
      return rejections.add("members-full", address);
    }
    this.#context.setVerdictReason(`${from} says so`);
    const waiting = rumors.waiting(address);
    const merged = roster.merge(record);
    if (merged === undefined) return this.#onNoNews(record, from);
    this.#note(merged, from, now);
    if (!passOn) return;
    const isAsSent = waiting === undefined && merged.version === sent.version;
    rumors.add(isAsSent ? sent : wholeRecord(merged), from, now);
  }

  /** Writes a record that begins here, and tells the others. */
  tell(record: MemberRecord, now: number): void {
    const { roster, rumors } = this.#context;
    const merged = roster.merge(record);
    if (merged !== undefined) rumors.add(wholeRecord(merged), undefined, now);
  }

  /** Sends the rumors that wait. */
  flush(now: number): void {
    const { roster, rumors, links } = this.#context;
    const neighbours = [...roster.neighbours()].filter(
      (address) => links.to(address) !== undefined,
    );
    for (const [address, { records, first }] of rumors.take(neighbours, now)) {
      const link = links.to(address);
      if (link !== undefined) this.#send(link, records, first);
    }
  }

  #send(link: LinkState, records: readonly SentRecord[], first: boolean): void {
    const { counters, limits, send } = this.#context;
    counters.rumorsSent += records.length;
    for (let begin = 0; begin < records.length; begin += limits.maxRecordsPerFrame) {
      const batch = records.slice(begin, begin + limits.maxRecordsPerFrame);
      send(link, { type: "rumors", records: batch, first });
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
