// Which charts there are, and of which figures each is made: those of `Peer.stats`, and of the process.

import { figure, means, rates, type Sample, values } from "./figures.js";
import { bytes, count, milliseconds } from "./format.js";

/** One line of a chart. */
export interface Series {
  readonly name: string;
  /** Its value at each sample; null where it is not known. */
  values(samples: readonly Sample[]): (number | null)[];
}

/** A chart. */
export interface ChartModel {
  readonly title: string;
  readonly about: string;
  /** A figure without which there is nothing to draw. */
  readonly needs: string;
  readonly series: readonly Series[];
  /** A value as people read it. */
  format(value: number): string;
}

function value(name: string, of: string): Series {
  return { name, values: (samples) => values(samples, of) };
}

function rate(name: string, of: string, factor = 1): Series {
  const scaled = (each: number | null): number | null => (each === null ? null : each * factor);
  return { name, values: (samples) => rates(samples, of).map(scaled) };
}

function meanMs(name: string, of: string): Series {
  return { name, values: (samples) => means(samples, `${of}.sumMs`, `${of}.count`) };
}

function aSecond(number: number): string {
  return `${number >= 10 ? count(Math.round(number)) : number.toFixed(1)}/s`;
}

function percent(number: number): string {
  return `${number.toFixed(number >= 10 ? 0 : 1)} %`;
}

const PERCENT = 100;

/** All charts, in their order. */
const CHARTS: readonly ChartModel[] = [
  {
    title: "Convergence",
    about: "From the moment at which a member changes until this agent knows, on average.",
    needs: "arrivals.count",
    series: [meanMs("Time to arrive", "arrivals")],
    format: milliseconds,
  },
  {
    title: "Bytes",
    about: "Over links, without what gRPC, TLS and TCP add.",
    needs: "bytesIn",
    series: [rate("In", "bytesIn"), rate("Out", "bytesOut")],
    format: (number) => `${bytes(number)}/s`,
  },
  {
    title: "CPU",
    about: "Of the whole process; 100 % is one core.",
    needs: "process.cpuSeconds",
    series: [rate("Used", "process.cpuSeconds", PERCENT)],
    format: percent,
  },
  {
    title: "Round trip",
    about: "From a probe to its answer, on average.",
    needs: "roundTrips.count",
    series: [meanMs("Round trip", "roundTrips")],
    format: milliseconds,
  },
  {
    title: "Rumors",
    about: "Changes that were passed on; many say the same, so that few are news.",
    needs: "rumorsReceived",
    series: [rate("In", "rumorsReceived"), rate("News", "rumorsNew"), rate("Out", "rumorsSent")],
    format: aSecond,
  },
  {
    title: "Probes",
    about: "Questions whether a member is there, and answers that came too late.",
    needs: "probesSent",
    series: [rate("Sent", "probesSent"), rate("Late", "probesLate")],
    format: aSecond,
  },
  {
    title: "Delay",
    about: "How late the process gets to what it has to do: the 99th percentile of a minute.",
    needs: "process.eventLoopDelayMs",
    series: [value("Delay", "process.eventLoopDelayMs")],
    format: milliseconds,
  },
  {
    title: "Members",
    about: "Those on this agent's list.",
    needs: "liveMembers",
    series: [value("Live", "liveMembers"), value("Gone", "goneMembers")],
    format: count,
  },
];

/** Those for which the agent gives figures. */
export function chartsFor(samples: readonly Sample[]): readonly ChartModel[] {
  const latest = samples.at(-1);
  return latest === undefined
    ? []
    : CHARTS.filter(({ needs }) => figure(latest, needs) !== undefined);
}
