// What the measured agent tells the benchmark.

/** Figures of one measurement of the event loop. */
export interface AgentFigures {
  readonly type: "delay";
  readonly medianMs: number;
  readonly p99Ms: number;
}

/** Where it serves, and how many members it lists. */
export interface AgentReady {
  readonly type: "ready";
  readonly url: string;
  readonly members: number;
}

/** The CPU time that it has taken so far. */
export interface AgentCpu {
  readonly type: "cpu";
  readonly cpuMs: number;
}

/** A message of the agent. */
export type AgentMessage = AgentReady | AgentFigures | AgentCpu;

/** What the benchmark asks of it: to begin to measure, to tell what it found, and its CPU time. */
export type AgentOrder = "begin" | "end" | "cpu";
