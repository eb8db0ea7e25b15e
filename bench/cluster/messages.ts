// What the cluster benchmark asks of its child processes, and what these answer.

import type { FailureDetection } from "gossip";

/** Which rule the peers of a measurement follow. */
export type Rule = FailureDetection;

/** One measurement, made in a process of its own. */
export type Job =
  /** What a bare gRPC stream costs that echoes a message a second, with so many of them. */
  | { readonly type: "echo"; readonly streams: number }
  /** What peers at rest cost. */
  | { readonly type: "rest"; readonly rule: Rule; readonly peers: number }
  /** How fast peers join through one seed, learn of updates, and learn of crashes. */
  | { readonly type: "news"; readonly rule: Rule; readonly peers: number }
  /** Where the CPU time of so many peers goes. */
  | { readonly type: "profile"; readonly peers: number }
  /** What one more member takes in a peer's memory. */
  | { readonly type: "member-memory"; readonly rule: Rule };

/** What a measurement found, by name; a figure is missing where it was not there in time. */
export type Figures = Readonly<Record<string, number | undefined>>;
