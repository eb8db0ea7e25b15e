// The list of what one has: for each member a hash of who it is and one of its record, 16 bytes. The
// other side answers with what is newer there, and asks for what is newer here.

import { hashText } from "../../src/core/fingerprint.js";
import type { MemberRecord } from "../../src/core/native/member-record.js";
import { mergeRecords } from "../../src/core/native/merge.js";
import { hashOf } from "../../src/core/native/record-hash.js";
import type { Roster } from "../../src/core/native/roster.js";
import type { Way } from "./lists.js";

const WORDS = 4;
/** Hashes of addresses do not change: kept with a member. */
const KEYS = new Map<string, readonly [number, number]>();

function keyOf(address: string): readonly [number, number] {
  let key = KEYS.get(address);
  if (key === undefined) {
    key = [hashText(address, 1) | 0, hashText(address, 2) | 0];
    KEYS.set(address, key);
  }
  return key;
}

function digestsOf(roster: Roster): number[] {
  const words: number[] = [];
  for (const { record } of roster.entries()) {
    const { high, low } = hashOf(record).item;
    words.push(...keyOf(record.address), high, low);
  }
  return words;
}

export const digestList: Way = {
  name: "digest list",
  prepare({ one, two }) {
    return (wire) => {
      const { fingerprint } = one.roster;
      wire.frame({ type: "probe", seq: 1, fingerprint });
      wire.crossings += 2;
      // What the other answers: whether they are the same.
      wire.frame({ type: "probe-answer", seq: 1, comparison: { type: "same" } });
      if (fingerprint.lanes.join() === two.roster.fingerprint.lanes.join()) return;
      const digests = wire.words(digestsOf(one.roster));
      const held = new Map<string, string>();
      for (let at = 0; at < digests.length; at += WORDS) {
        const [a, b, high, low] = digests.slice(at, at + WORDS);
        held.set(`${a}:${b}`, `${high}:${low}`);
      }
      const differing: MemberRecord[] = [];
      for (const { record } of two.roster.entries()) {
        const { high, low } = hashOf(record).item;
        if (held.get(keyOf(record.address).join(":")) !== `${high}:${low}`) differing.push(record);
      }
      // A hash does not tell which is newer: the other's goes, and comes back where ours is.
      wire.crossings += 2;
      wire.records(differing, one);
      const newer = differing.flatMap((record) => {
        const ours = one.roster.get(record.address)?.record;
        return ours === undefined || mergeRecords(record, ours) === record ? [] : [ours];
      });
      if (newer.length === 0) return;
      wire.crossings += 1;
      wire.records(newer, two);
    };
  },
};
