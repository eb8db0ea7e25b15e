// Records of the native protocol for tests: plain ones, and ones drawn from few values, so that ties
// are common.

import fc from "fast-check";
import type { MemberRecord, Verdict } from "../../src/core/native/member-record.js";
import type { Random } from "../../src/core/random.js";

/** The address of the member of that number. */
export function addressOf(index: number): string {
  return `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}:7946`;
}

/** A live record, but for what is said to be different. */
export function nativeRecord(
  address: string,
  different: Partial<Omit<MemberRecord, "address" | "metadata">> & {
    readonly metadata?: Readonly<Record<string, string | Uint8Array>>;
  } = {},
): MemberRecord {
  const { metadata = {}, ...rest } = different;
  const version = rest.version ?? 1;
  return {
    address,
    generation: 1_000,
    incarnation: 0,
    version,
    verdict: "live",
    name: "",
    expiresAt: 0,
    ...rest,
    metadata: new Map(Object.entries(metadata).map(([key, value]) => [key, { value, version }])),
  };
}

/** What a member may have become of, with the time at which it is forgotten. */
const lives = fc.oneof(
  fc.constant({ verdict: "live" as const, expiresAt: 0 }),
  fc.record({
    verdict: fc.constantFrom<Verdict>("failed", "left", "forgotten"),
    expiresAt: fc.constantFrom(100, 110, 120),
  }),
);

/** Records of one member. */
export const recordsOfOne: fc.Arbitrary<MemberRecord> = fc
  .tuple(
    fc.constantFrom(0, 1, 2),
    fc.constantFrom(0, 1, 2),
    fc.constantFrom(0, 1, 2),
    fc.constantFrom("", "a", "ä", '["",[["k","s1"]]]'),
    fc.dictionary(
      fc.constantFrom("k", "l"),
      fc.constantFrom<string | Uint8Array>("", "1", Uint8Array.of(1)),
    ),
    lives,
  )
  .map(([generation, incarnation, version, name, metadata, life]) =>
    nativeRecord(addressOf(1), { generation, incarnation, version, name, metadata, ...life }),
  );

/** The record after something happened to it that makes it win against what it was. */
export function changed(record: MemberRecord, random: Random): MemberRecord {
  const { generation, incarnation, version } = record;
  const chance = random();
  if (chance < 0.1) return { ...record, generation: generation + 1, incarnation: 0 };
  if (chance < 0.3) return { ...record, verdict: "failed", expiresAt: 100 };
  if (chance < 0.5) {
    return { ...record, incarnation: incarnation + 1, verdict: "live", expiresAt: 0 };
  }
  return { ...record, version: version + 1, name: `name ${version + 1}` };
}
