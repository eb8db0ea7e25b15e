// A tree of hashes, 16 children to a node, over the hash of who a member is. Each level where nodes
// differ is asked for in turn; at the leaves the hashes of their records are.

import { hashText } from "../../src/core/fingerprint.js";
import type { MemberRecord } from "../../src/core/native/member-record.js";
import { mergeRecords } from "../../src/core/native/merge.js";
import { hashOf } from "../../src/core/native/record-hash.js";
import type { Roster } from "../../src/core/native/roster.js";
import type { Way } from "./lists.js";

const CHILDREN = 16;
const BITS = 4;
/** Members to a leaf: more make leaves longer, fewer make the tree deeper. */
const LEAF_MEMBERS = 4;

/** The nodes of all levels: by level, the two halves of each sum; and the records of each leaf. */
class HashTree {
  readonly depth: number;
  readonly levels: Int32Array[];
  readonly leaves: MemberRecord[][];

  constructor(roster: Roster) {
    const { count } = roster.fingerprint;
    this.depth = Math.max(1, Math.round(Math.log(count / LEAF_MEMBERS) / Math.log(CHILDREN)));
    this.levels = Array.from(
      { length: this.depth + 1 },
      (_, level) => new Int32Array(2 * CHILDREN ** level),
    );
    this.leaves = Array.from({ length: CHILDREN ** this.depth }, () => []);
    for (const { record } of roster.entries()) this.#add(record);
  }

  /** The hashes of a node's children. */
  children(level: number, node: number): Int32Array {
    const first = 2 * CHILDREN * node;
    return this.levels[level + 1]?.subarray(first, first + 2 * CHILDREN) ?? new Int32Array();
  }

  #add(record: MemberRecord): void {
    const key = hashText(record.address, 1);
    const { high, low } = hashOf(record).item;
    for (const [level, sums] of this.levels.entries()) {
      const node = level === 0 ? 0 : key >>> (32 - BITS * level);
      sums[2 * node] = (sums[2 * node] ?? 0) + high;
      sums[2 * node + 1] = (sums[2 * node + 1] ?? 0) + low;
    }
    this.leaves[key >>> (32 - BITS * this.depth)]?.push(record);
  }
}

export const hashTree: Way = {
  name: "hash tree",
  prepare({ one, two }) {
    const [ours, theirs] = [new HashTree(one.roster), new HashTree(two.roster)];
    return (wire) => {
      const { fingerprint } = one.roster;
      wire.frame({ type: "probe", seq: 1, fingerprint });
      wire.crossings += 2;
      wire.frame({ type: "probe-answer", seq: 1, comparison: { type: "same" } });
      if (fingerprint.lanes.join() === two.roster.fingerprint.lanes.join()) return;
      let nodes = [0];
      for (let level = 0; level < ours.depth; level += 1) {
        // The children of the root come with the answer to the probe.
        if (level > 0) {
          wire.words(nodes);
          wire.crossings += 2;
        }
        const hashes = wire.words(nodes.flatMap((node) => [...theirs.children(level, node)]));
        nodes = nodes.flatMap((node, place) =>
          differing(ours.children(level, node), hashes, place, node),
        );
      }
      wire.words(nodes);
      wire.crossings += 2;
      const found = nodes.flatMap((node) => theirs.leaves[node] ?? []);
      const hashes = wire.words(
        found.flatMap((record) => Object.values(hashOf(record).item).slice(0, 2)),
      );
      const names = new Set<string>();
      for (let at = 0; at < hashes.length; at += 2) names.add(`${hashes[at]}:${hashes[at + 1]}`);
      const lacking = nodes
        .flatMap((node) => ours.leaves[node] ?? [])
        .filter((record) => !names.delete(nameOf(record)));
      // Ours that differ go at once, together with the question for theirs.
      wire.words([...names].flatMap((name) => name.split(":").map(Number)));
      wire.crossings += 2;
      wire.records(
        found.filter((record) => names.has(nameOf(record))),
        one,
      );
      wire.records(
        lacking.filter((record) => isNewest(record, one.roster)),
        two,
      );
    };
  },
};

/** Which children of a node, the one at that place of those asked for, differ. */
function differing(own: Int32Array, hashes: number[], place: number, node: number): number[] {
  const first = 2 * CHILDREN * place;
  return Array.from({ length: CHILDREN }, (_, child) => child)
    .filter(
      (child) =>
        own[2 * child] !== hashes[first + 2 * child] ||
        own[2 * child + 1] !== hashes[first + 2 * child + 1],
    )
    .map((child) => CHILDREN * node + child);
}

function nameOf(record: MemberRecord): string {
  const { high, low } = hashOf(record).item;
  return `${high}:${low}`;
}

function isNewest(record: MemberRecord, roster: Roster): boolean {
  const held = roster.get(record.address)?.record;
  return held === undefined || mergeRecords(record, held) === record;
}
