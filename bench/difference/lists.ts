// Two lists that differ in so many records, and the wire between those that hold them.

import { DEFAULT_LIMITS } from "../../src/core/limits.js";
import type { Frame } from "../../src/core/native/frames.js";
import { NativeBase } from "../../src/core/native/member-base.js";
import type { MemberRecord } from "../../src/core/native/member-record.js";
import { RejectionCounter } from "../../src/core/rejection.js";
import { NativeCodec } from "../../src/wire/native-dialect.js";
import { ExchangeSide } from "../../test/support/exchange-pair.js";
import { addressOf, nativeRecord } from "../../test/support/native-records.js";
import { seededRandom } from "../../test/support/seeded-random.js";

/** Bytes of a frame around what it holds: its kind, its length, its number. */
const FRAME_BYTES = 8;
const RECORDS_PER_FRAME = 256;

/** Two peers before an exchange. */
export interface Lists {
  readonly one: ExchangeSide;
  readonly two: ExchangeSide;
}

/** One way to find a difference; afterwards both hold the same. */
export interface Way {
  readonly name: string;
  /** What is kept up to date with each change, and so costs nothing at an exchange. */
  prepare(lists: Lists): (wire: Wire) => void;
}

/** Peers of so many members, started at any time of a month, so that a list compresses as in truth. */
export function makeBase(members: number): NativeBase {
  const random = seededRandom(members);
  const records = Array.from({ length: members }, (_, index) => {
    const generation = 90_000_000_000 + Math.floor(random() * 2_592_000_000);
    const version = Math.floor(generation / 1_000);
    return nativeRecord(addressOf(index), { generation, version, name: `peer-${index}` });
  });
  return new NativeBase(records);
}

/** Two lists of these members, of which so many changed, each on one of the two sides. */
export function makeLists(base: NativeBase, changed: number, seed: number): Lists {
  const random = seededRandom(seed);
  const records = Array.from(base.entries.values(), ({ record }) => record);
  const [first, second, ...others] = records;
  if (first === undefined || second === undefined) throw new Error("two are needed");
  const one = new ExchangeSide(first, second.address, base);
  const two = new ExchangeSide(second, first.address, base);
  for (let count = 0; count < Math.min(changed, records.length - 2); count += 1) {
    const [record] = others.splice(Math.floor(random() * others.length), 1);
    if (record === undefined) break;
    const { roster } = random() < 0.5 ? one : two;
    roster.merge({ ...record, version: record.version + 1, name: `${record.name}-renamed` });
  }
  return { one, two };
}

/** Counts what goes over, and turns it into bytes and back as a network does. */
export class Wire {
  /** Bytes that say in what the lists differ, and bytes of records. */
  findBytes = 0;
  recordBytes = 0;
  /** Times that it went to the other side, or came back. */
  crossings = 0;
  readonly #codec = new NativeCodec(DEFAULT_LIMITS);
  readonly #rejections = new RejectionCounter();

  frame(frame: Frame): Frame {
    const message = this.#codec.encode(frame);
    if (frame.type === "records") this.recordBytes += message.length;
    else this.findBytes += message.length;
    const decoded = this.#codec.decode(message, this.#rejections);
    if (decoded === undefined) throw new Error(`${frame.type} does not come through`);
    return decoded;
  }

  /** Numbers of 32 bits, in one frame of a kind that the protocol does not have. */
  words(words: readonly number[]): number[] {
    const bytes = new DataView(new ArrayBuffer(4 * words.length));
    for (const [index, word] of words.entries()) bytes.setInt32(4 * index, word);
    this.findBytes += FRAME_BYTES + bytes.byteLength;
    return words.map((_, index) => bytes.getInt32(4 * index));
  }

  /** Records, as many to a frame as in an exchange. */
  records(records: readonly MemberRecord[], to: ExchangeSide): void {
    for (let begin = 0; begin < records.length; begin += RECORDS_PER_FRAME) {
      const batch = records.slice(begin, begin + RECORDS_PER_FRAME);
      const frame = this.frame({ type: "records", seq: 1, records: batch, last: true });
      if (frame.type !== "records") throw new Error("records come through as such");
      for (const record of frame.records) to.roster.merge(record);
    }
  }
}
