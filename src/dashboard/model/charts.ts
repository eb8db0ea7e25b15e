// Which charts there are, and of which figures each is made. docs/METRICS.md tells what these are.

import { rates, type Sample, values } from "./figures.js";
import { count } from "./format.js";

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
  readonly series: readonly Series[];
  /** A value as people read it. */
  format(value: number): string;
}

function value(name: string, of: string): Series {
  return { name, values: (samples) => values(samples, of) };
}

function rate(name: string, of: string): Series {
  return { name, values: (samples) => rates(samples, of) };
}

function aSecond(number: number): string {
  return `${number >= 10 ? count(Math.round(number)) : number.toFixed(1)}/s`;
}

/** All charts, in their order. */
export const CHARTS: readonly ChartModel[] = [
  {
    title: "Members",
    about: "Those on this agent's list.",
    series: [value("Live", "liveMembers"), value("Gone", "goneMembers")],
    format: count,
  },
  {
    title: "Probes",
    about: "Questions whether another is there, and their answers.",
    series: [
      rate("Sent", "probesSent"),
      rate("In time", "probesTimely"),
      rate("Late", "probesLate"),
    ],
    format: aSecond,
  },
  {
    title: "Rumors",
    about: "Changes that were passed on.",
    series: [rate("In", "rumorsReceived"), rate("News", "rumorsNew"), rate("Out", "rumorsSent")],
    format: aSecond,
  },
  {
    title: "Links",
    about: "Links to others that are open.",
    series: [value("Links", "links"), value("Connections", "connections")],
    format: count,
  },
];
