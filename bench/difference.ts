// Measures three ways to find in what two lists differ, once their fingerprints do: bytes, round
// trips, and the CPU of both sides together, merging included.

import { cpus } from "node:os";
import Table from "cli-table3";
import { digestList } from "./difference/digest-list.js";
import { hashTree } from "./difference/hash-tree.js";
import { makeBase, makeLists, type Way, Wire } from "./difference/lists.js";
import { sketch } from "./difference/sketch.js";

const MEMBERS = [100, 1_000, 5_000] as const;
const CHANGED = [1, 10, 100, 300] as const;
const WAYS: readonly Way[] = [sketch, hashTree, digestList];
const WARM_UP = 10;
const REPETITIONS = 31;

interface Cost {
  readonly findBytes: number;
  readonly recordBytes: number;
  readonly roundTrips: number;
  readonly cpuMs: number;
}

const cores = cpus();
console.log(`${cores.length} x ${cores[0]?.model.trim()}, Node ${process.version}`);
console.log(`medians of ${REPETITIONS}; bytes without those of gRPC and HTTP/2`);
const table = new Table({
  head: ["members", "changed", "way", "bytes to find", "of records", "round trips", "CPU (ms)"],
  colAligns: ["right", "right", "left", "right", "right", "right", "right"],
  style: { head: [], border: [] },
});
for (const members of MEMBERS) {
  const base = makeBase(members);
  // Of a hundred all that can change.
  for (const changed of CHANGED) {
    for (const way of WAYS) {
      const runs = Array.from({ length: WARM_UP + REPETITIONS }, (_, seed) => {
        return run(way, makeLists(base, changed, seed));
      }).slice(WARM_UP);
      const of = (pick: (cost: Cost) => number) => median(runs.map(pick));
      table.push([
        members,
        Math.min(changed, members - 2),
        way.name,
        of(({ findBytes }) => findBytes),
        of(({ recordBytes }) => recordBytes),
        of(({ roundTrips }) => roundTrips),
        of(({ cpuMs }) => cpuMs).toFixed(2),
      ]);
    }
    if (changed >= members) break;
  }
}
console.log(table.toString());

function run(way: Way, lists: ReturnType<typeof makeLists>): Cost {
  const settle = way.prepare(lists);
  const wire = new Wire();
  const startedAt = performance.now();
  settle(wire);
  const cpuMs = performance.now() - startedAt;
  const [ours, theirs] = [lists.one.roster.fingerprint, lists.two.roster.fingerprint];
  if (ours.lanes.join() !== theirs.lanes.join()) throw new Error(`${way.name}: still different`);
  const { findBytes, recordBytes, crossings } = wire;
  return { findBytes, recordBytes, roundTrips: crossings / 2, cpuMs };
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}
