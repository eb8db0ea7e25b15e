// Frames drawn by chance, from few members and with the numbers at which something ends; and bytes that
// were a frame before something happened to them.

import fc from "fast-check";
import type { Comparison, Frame } from "../../src/core/native/frames.js";
import type { LinkDetail } from "../../src/core/native/link-details.js";
import type { MemberRecord, SentRecord, Verdict } from "../../src/core/native/member-record.js";
import type { CodedSymbol } from "../../src/core/native/sketch.js";
import { GENERATION, GENERATION_MINUTES } from "../support/lone-native-core.js";

/** The core that is told all this has the first of these addresses. */
export const ADDRESSES = Array.from({ length: 12 }, (_, index) => `10.0.0.${index + 1}:7946`);

const uint32 = fc.oneof(fc.constantFrom(0, 1, 2 ** 31, 2 ** 32 - 1), fc.nat({ max: 2 ** 32 - 1 }));
const counter = fc.oneof(fc.constantFrom(0, 1, 2, 2 ** 30 - 1, 2 ** 30), fc.nat({ max: 5 }));
const generation = fc.oneof(
  fc.constantFrom(0, 1, GENERATION, GENERATION + 1, GENERATION + 86_400_001, 2 ** 53 - 1),
  fc.integer({ min: GENERATION - 5, max: GENERATION + 5 }),
);
const expiry = fc.constantFrom(0, GENERATION_MINUTES - 1, GENERATION_MINUTES + 10, 2 ** 32 - 1);
const address = fc.constantFrom(...ADDRESSES);
const text = fc.string({ unit: "binary", maxLength: 20 }).map((drawn) => drawn.toWellFormed());
const metadataValue = fc.oneof(text, fc.uint8Array({ maxLength: 20 }));

const memberRecord: fc.Arbitrary<MemberRecord> = fc
  .record({
    address,
    generation,
    incarnation: counter,
    version: counter,
    verdict: fc.constantFrom<Verdict>("live", "live", "failed", "left", "forgotten"),
    name: text,
    keys: fc.uniqueArray(text.filter((key) => key !== "")),
    value: metadataValue,
    expiresAt: expiry,
  })
  .map(({ keys, value, ...record }) => {
    const { version } = record;
    return { ...record, metadata: new Map(keys.map((key) => [key, { value, version }])) };
  });

const sentRecord: fc.Arbitrary<SentRecord> = fc
  .tuple(memberRecord, counter, fc.array(text, { maxLength: 3 }))
  .map(([record, sinceVersion, deletedKeys]) => ({ ...record, sinceVersion, deletedKeys }));

const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const symbol: fc.Arbitrary<CodedSymbol> = fc.record({
  high: int32,
  low: int32,
  check: int32,
  count: int32,
});
const symbols = fc.array(symbol, { maxLength: 40 });
const comparison: fc.Arbitrary<Comparison> = fc.oneof(
  fc.constant({ type: "same" as const }),
  fc.constant({ type: "whole-list" as const }),
  fc.record({ type: fc.constant("different" as const), symbols }),
  fc.record({ type: fc.constant("busy" as const), addresses: fc.array(address) }),
);
const linkDetail: fc.Arbitrary<LinkDetail> = fc.record({
  address,
  isOutbound: fc.boolean(),
  isNeighbour: fc.boolean(),
  roundTripMs: fc.option(fc.nat({ max: 1_000 }), { nil: undefined }),
  silentForMs: fc.nat({ max: 1_000_000 }),
  isLatestProbeTimely: fc.option(fc.boolean(), { nil: undefined }),
});

/** Any frame but a goodbye, after which there is nobody to send the next. */
export const drawnFrame: fc.Arbitrary<Frame> = fc.oneof(
  fc.record({
    type: fc.constant("hello" as const),
    cluster: fc.constantFrom("", "other"),
    address,
    generation,
    minVersion: uint32,
    maxVersion: uint32,
    originals: fc.array(address),
    clock: fc.oneof(fc.nat(), generation),
  }),
  fc.record({
    type: fc.constant("probe" as const),
    seq: uint32,
    fingerprint: fc.option(
      fc.record({ lanes: fc.tuple(int32, int32, int32, int32), count: uint32 }),
      { nil: undefined },
    ),
  }),
  fc.record({ type: fc.constant("probe-answer" as const), seq: uint32, comparison }),
  fc.record({
    type: fc.constant("symbols-request" as const),
    seq: uint32,
    from: uint32,
    count: uint32,
  }),
  fc.record({ type: fc.constant("symbols" as const), seq: uint32, from: uint32, symbols }),
  fc.record({
    type: fc.constant("records-request" as const),
    seq: uint32,
    hashes: fc.array(fc.record({ high: int32, low: int32 })),
    all: fc.boolean(),
  }),
  fc.record({
    type: fc.constant("records" as const),
    seq: uint32,
    records: fc.array(memberRecord, { maxLength: 20 }),
    last: fc.boolean(),
  }),
  fc.record({
    type: fc.constant("rumors" as const),
    records: fc.array(sentRecord, { maxLength: 20 }),
    first: fc.boolean(),
    accusing: fc.boolean(),
  }),
  fc.record({ type: fc.constant("ask" as const), seq: uint32, address, generation, trial: uint32 }),
  fc.record({
    type: fc.constant("evidence" as const),
    seq: uint32,
    finding: fc.constantFrom("answered" as const, "silent" as const, "refused" as const),
    late: uint32,
  }),
  fc.record({ type: fc.constant("links-request" as const), seq: uint32 }),
  fc.record({
    type: fc.constant("links" as const),
    seq: uint32,
    links: fc.array(linkDetail, { maxLength: 5 }),
  }),
);

/** Something that happens to bytes: where, as a part of their length, and what. */
const damage = fc.record({
  kind: fc.constantFrom("flip", "cut", "insert", "repeat", "overwrite" as const),
  at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  byte: fc.constantFrom(0, 1, 0x7f, 0x80, 0xff),
  length: fc.nat({ max: 12 }),
});

/** One to four damages, one after the other. */
export const drawnDamage = fc.array(damage, { minLength: 1, maxLength: 4 });

/** What of the bytes it leaves. */
export function damaged(
  bytes: Uint8Array,
  damages: readonly (typeof damage extends fc.Arbitrary<infer Damage> ? Damage : never)[],
): Uint8Array {
  let all = Buffer.from(bytes);
  for (const { kind, at, byte, length } of damages) {
    const index = Math.floor(at * all.length);
    const [before, after] = [all.subarray(0, index), all.subarray(index)];
    const some = Buffer.alloc(length, byte);
    if (kind === "cut") all = Buffer.concat([before, after.subarray(length)]);
    else if (kind === "insert") all = Buffer.concat([before, some, after]);
    else if (kind === "repeat") all = Buffer.concat([before, after.subarray(0, length), after]);
    else if (kind === "overwrite") all = Buffer.concat([before, some, after.subarray(length)]);
    else all = Buffer.concat([before, Buffer.of((after[0] ?? 0) ^ byte), after.subarray(1)]);
  }
  return new Uint8Array(all);
}
