// What the transports and the links of a simulation stand on.

import type { CallHandler, LinkService } from "../transport/transport.js";
import type { World } from "./connection.js";
import type { Costs } from "./costs.js";
import type { Host } from "./host.js";

/** What the transports of a simulation share. */
export interface SimWorld extends World {
  readonly costs: Costs;
  hostAt(address: string): Host | undefined;
  /** The handler of the process that listens at a host. */
  handlerOf(host: Host): CallHandler | undefined;
  /** What takes the links to the process that listens at a host. */
  linkServiceOf(host: Host): LinkService | undefined;
  /** Tells the trace and the checkers of a step; `other` is whom an answer comes from. */
  onStep(kind: StepKind, host: Host, amount: number, other?: Host): void;
}

/** What can happen at a host. */
export type StepKind = "call" | "request" | "answer" | "failure";
