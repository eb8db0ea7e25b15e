// Which of two records of one member wins. This is the only place that decides it. A record is two
// things that merge apart: what became of the member, and what its owner says of itself; each is
// totally ordered, so merging is commutative, associative and idempotent (see the property tests).

import type { MemberRecord, Verdict } from "./member-record.js";
import { infoText } from "./record-hash.js";

/** Of two verdicts on the same incarnation the more final one wins. */
const FINALITY: Readonly<Record<Verdict, number>> = { live: 0, failed: 1, left: 2, forgotten: 3 };

/** The record that holds what is newer in either; `a` itself when `b` has nothing newer. */
export function mergeRecords(a: MemberRecord, b: MemberRecord): MemberRecord {
  if (a === b) return a;
  if (a.generation !== b.generation) return a.generation > b.generation ? a : b;
  const life = compareLife(a, b);
  const info = compareInfo(a, b);
  if (life >= 0 && info >= 0) return a;
  if (life <= 0 && info <= 0) return b;
  const [newerLife, newerInfo] = life > 0 ? [a, b] : [b, a];
  const { incarnation, verdict, expiresAt } = newerLife;
  return { ...newerInfo, incarnation, verdict, expiresAt };
}

/** Orders what became of one boot of a member. */
export function compareLife(a: MemberRecord, b: MemberRecord): number {
  if (a.incarnation !== b.incarnation) return a.incarnation - b.incarnation;
  if (a.verdict !== b.verdict) return FINALITY[a.verdict] - FINALITY[b.verdict];
  return a.expiresAt - b.expiresAt;
}

/** Orders what the owner said in one boot; two owners of one address are ordered by their words. */
export function compareInfo(a: MemberRecord, b: MemberRecord): number {
  if (a.version !== b.version) return a.version - b.version;
  const [ours, theirs] = [infoText(a), infoText(b)];
  if (ours === theirs) return 0;
  return ours > theirs ? 1 : -1;
}

/** True when both say the same, and are summed as the same. */
export function sameMemberRecord(a: MemberRecord, b: MemberRecord): boolean {
  if (a === b) return true;
  return (
    a.address === b.address &&
    a.generation === b.generation &&
    compareLife(a, b) === 0 &&
    compareInfo(a, b) === 0
  );
}
