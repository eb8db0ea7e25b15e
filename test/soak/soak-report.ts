// What a soak found, as a table, and whether all of it held.

import Table from "cli-table3";
import { growthOf, MAX_GROWTH, type Series } from "./growth.js";
import type { Sample } from "./messages.js";
import type { SoakPlan, SoakResult } from "./soak-run.js";

interface Row {
  readonly what: string;
  readonly begin: string;
  readonly end: string;
  readonly bound: string;
  readonly isHeld: boolean;
}

const BYTES_IN_MIB = 2 ** 20;

/** Prints the table; returns whether all held. */
export function printReport(plan: SoakPlan, result: SoakResult): boolean {
  const { minutes, peers, processes, churnPercent, updatesPerSecond } = plan;
  console.log(
    `${peers} peers in ${processes} processes for ${minutes} min: ${churnPercent} % replaced a minute ` +
      `(${result.replaced} in all), ${updatesPerSecond} updates a second (${result.updates} in all)`,
  );
  const rows = [...countRows(result), ...growthRows(plan, result)];
  const table = new Table({
    head: ["what", "after the first minute", "at the end", "bound", ""],
    style: { head: [], border: [], compact: true },
  });
  for (const { what, begin, end, bound, isHeld } of rows) {
    table.push([what, begin, end, bound, isHeld ? "held" : "NOT HELD"]);
  }
  console.log(table.toString());
  for (const difference of result.differences.slice(0, 20)) console.log(difference);
  return rows.every((row) => row.isHeld);
}

function countRows(result: SoakResult): Row[] {
  const { falseFailures, differences, eventsDropped, delays, overtaken, samples } = result;
  const arrived = delays.reduce((sum, count) => sum + count, 0);
  const suspicions = samples.map((looks) => looks.at(-1)?.suspicions ?? 0);
  const told = (what: string, end: string): Row => ({
    what,
    begin: "",
    end,
    bound: "",
    isHeld: true,
  });
  const none = (what: string, count: number): Row => ({
    what,
    begin: "",
    end: String(count),
    bound: "none",
    isHeld: count === 0,
  });
  return [
    none("live members taken for gone", falseFailures.length),
    none("differences of the lists and updates, after", differences.length),
    none("events that no reader took in time", eventsDropped),
    told("updates that came at another peer", String(arrived)),
    told("of these, within ms: half, 99 %, all", percentiles(delays).join(", ")),
    told("overtaken by a later one of the same peer", String(overtaken)),
    told("suspicions", String(suspicions.reduce((sum, count) => sum + count, 0))),
  ];
}

/** Bounds below which that share of the updates came. */
function percentiles(delays: readonly number[]): number[] {
  const total = delays.reduce((sum, count) => sum + count, 0);
  return [0.5, 0.99, 1].map((share) => {
    let seen = 0;
    const exponent = delays.findIndex((count) => {
      seen += count;
      return seen >= share * total;
    });
    return 2 ** exponent;
  });
}

function growthRows({ peers }: SoakPlan, { samples, window }: SoakResult): Row[] {
  const looks = samples[0]?.length ?? 0;
  const summed = (name: string, slack: number, value: (sample: Sample) => number): Series => ({
    name,
    slack,
    values: Array.from({ length: looks }, (_, look) =>
      samples.reduce((sum, ofProcess) => {
        const sample = ofProcess[look];
        return sample === undefined ? sum : sum + value(sample);
      }, 0),
    ),
  });
  const first = samples[0]?.[0];
  const queues = Object.keys(first?.queues ?? {}).map((name) =>
    // An update that is just on its way is no growth: some bytes, or one thing, for each peer.
    summed(`queue: ${name}`, name === "unsentBytes" ? 1_024 * peers : peers, (sample) => {
      return sample.queues[name] ?? 0;
    }),
  );
  const mib = (sample: Sample): number => sample.memoryBytes / BYTES_IN_MIB;
  const resident = summed("resident memory, MiB", 0, (s) => s.residentBytes / BYTES_IN_MIB);
  const gone = summed("members remembered as gone", 0, (sample) => sample.goneMembers);
  return [
    bounded(summed("memory, MiB", 0, mib), window),
    { ...bounded(resident, window), bound: "", isHeld: true },
    bounded(
      summed("open files and sockets", 0, (sample) => sample.handles),
      window,
    ),
    ...queues.map((series) => bounded(series, window)),
    // One for each that went, until its time is over; their number has a limit.
    { ...bounded(gone, window), bound: "", isHeld: true },
  ];
}

function bounded(series: Series, window: number): Row {
  const { name, first, last, share, hasGrown } = growthOf(series, window);
  const change = Number.isFinite(share)
    ? ` (${share < 0 ? "" : "+"}${(100 * share).toFixed(1)} %)`
    : "";
  const slack = series.slack > 0 ? ` or ${series.slack}` : "";
  return {
    what: name,
    begin: first.toFixed(0),
    end: `${last.toFixed(0)}${change}`,
    bound: `+${100 * MAX_GROWTH} %${slack}`,
    isHeld: !hasGrown,
  };
}
