// Two rosters that hold exchanges with each other, without the rest of their peers: each frame goes
// through `carry` and is then taken in by the other side.

import { DEFAULT_LIMITS } from "../../src/core/limits.js";
import { Exchanges } from "../../src/core/native/exchanges.js";
import type { Frame } from "../../src/core/native/frames.js";
import { type LinkState, LinkTable } from "../../src/core/native/link-table.js";
import type { NativeBase } from "../../src/core/native/member-base.js";
import type { MemberRecord } from "../../src/core/native/member-record.js";
import { newNativeCounters } from "../../src/core/native/native-counters.js";
import { Roster } from "../../src/core/native/roster.js";
import { seededRandom } from "./seeded-random.js";

/** One side of a pair. */
export class ExchangeSide {
  readonly roster: Roster;
  readonly exchanges: Exchanges;
  readonly counters = newNativeCounters();
  readonly link: LinkState;
  /** What a busy peer named. */
  named: readonly string[] | undefined;
  readonly sent: Frame[] = [];

  constructor(own: MemberRecord, other: string, base?: NativeBase) {
    const limits = { ...DEFAULT_LIMITS, maxMembers: 100_000 };
    this.roster = new Roster({ own, limits, base, onChange: () => {} });
    const links = new LinkTable(own.address, 16);
    this.link = links.addOutbound(other, 0);
    links.setReady(this.link, other, 1);
    const context = {
      roster: this.roster,
      counters: this.counters,
      random: seededRandom(1),
      send: (_: LinkState, frame: Frame) => void this.sent.push(frame),
      onRecord: (record: MemberRecord) => {
        if (record.address !== own.address) this.roster.merge(record);
      },
      onBusy: (addresses: readonly string[]) => {
        this.named = addresses;
      },
    };
    this.exchanges = new Exchanges(context, 0);
  }

  receive(frame: Frame, now: number): void {
    const { exchanges, link } = this;
    if (frame.type === "probe") exchanges.onProbe(link, frame, now);
    else if (frame.type === "probe-answer") exchanges.onProbeAnswer(link, frame, now);
    else if (frame.type === "symbols-request") exchanges.onSymbolsRequest(link, frame);
    else if (frame.type === "symbols") exchanges.onSymbols(link, frame);
    else if (frame.type === "records-request") exchanges.onRecordsRequest(link, frame);
    else if (frame.type === "records") exchanges.onRecords(link, frame, now);
    else throw new Error(`no frame of an exchange: ${frame.type}`);
  }
}

/** Two sides, and the exchanges that the first one begins. */
export class ExchangePair {
  readonly one: ExchangeSide;
  readonly two: ExchangeSide;
  readonly #carry: (frame: Frame) => Frame;
  #seq = 0;

  constructor(one: ExchangeSide, two: ExchangeSide, carry: (frame: Frame) => Frame) {
    this.one = one;
    this.two = two;
    this.#carry = carry;
  }

  /** Holds one exchange; returns the types of the frames, in their order, and the rounds they took. */
  exchange(now: number): { readonly frames: readonly string[]; readonly rounds: number } {
    this.#seq += 1;
    const frames: string[] = [];
    const { fingerprint } = this.one.roster;
    this.one.sent.push({ type: "probe", seq: this.#seq, fingerprint });
    let rounds = 0;
    for (let [from, to] = [this.one, this.two]; from.sent.length > 0; [from, to] = [to, from]) {
      rounds += 1;
      for (const frame of from.sent.splice(0)) {
        frames.push(frame.type === "probe-answer" ? frame.comparison.type : frame.type);
        to.receive(this.#carry(frame), now);
      }
    }
    return { frames, rounds };
  }
}
