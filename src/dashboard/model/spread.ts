// How a change spreads through the graph, as far as the known links tell: hop by hop, as a rumor does.
// Only its arrival at the agent is measured; the way is drawn slowly enough to be seen.

import { type Adjacency, hopsFrom } from "./adjacency.js";

/** How long a spark takes from one member to the next. */
export const HOP_MS = 420;
/** How long a member glows after a spark has arrived. */
export const GLOW_MS = 900;

/** A spark on its way from one member to the next. */
export interface Spark {
  readonly from: string;
  readonly to: string;
  /** From 0, as it leaves, to 1, as it arrives. */
  readonly share: number;
}

/** A member that a spark has reached: from 1, at its arrival, to 0. */
export interface Glow {
  readonly address: string;
  readonly share: number;
}

/** One change on its way through the graph. */
export class Spread {
  readonly type: string;
  readonly #beganMs: number;
  readonly #hops: readonly { from: string; to: string; atMs: number }[];
  readonly #origin: string;
  readonly #endsMs: number;

  constructor(type: string, origin: string, adjacency: Adjacency, beganMs: number) {
    this.type = type;
    this.#origin = origin;
    this.#beganMs = beganMs;
    this.#hops = hopsFrom(origin, adjacency).map(({ from, to, depth }) => ({
      from,
      to,
      atMs: depth * HOP_MS,
    }));
    this.#endsMs = beganMs + (this.#hops.at(-1)?.atMs ?? 0) + GLOW_MS;
  }

  /** Whether there is nothing left to be seen of it. */
  isOver(nowMs: number): boolean {
    return nowMs >= this.#endsMs;
  }

  /** The sparks that are on their way. */
  sparks(nowMs: number): Spark[] {
    const passedMs = nowMs - this.#beganMs;
    return this.#hops
      .map(({ from, to, atMs }) => ({ from, to, share: (passedMs - atMs + HOP_MS) / HOP_MS }))
      .filter(({ share }) => share >= 0 && share < 1);
  }

  /** The members that glow. */
  glows(nowMs: number): Glow[] {
    const passedMs = nowMs - this.#beganMs;
    return [{ to: this.#origin, atMs: 0 }, ...this.#hops]
      .map(({ to, atMs }) => ({ address: to, share: 1 - (passedMs - atMs) / GLOW_MS }))
      .filter(({ share }) => share > 0 && share <= 1);
  }
}
