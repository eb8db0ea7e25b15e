// Whose time of day a peer goes by: its own, or where that was set back, one that at least one other
// shares; never that of the one who is furthest ahead.

import type { SimPeer } from "../sim-peer.js";
import type { Simulator, StepObserver } from "../simulator.js";
import type { Violate } from "./violation.js";

/** Two clocks that differ by less are the same here: what was told of one is as old as its link. */
const SAME_MS = 60_000;
/** What a link was told of another's clock, it goes by for a while after that was set right. */
const REMEMBERED_MS = 60_000;
/** Of so few peers, the one that another is linked to is all that it can go by. */
const FEW_PEERS = 4;

/** Watches for jumps of a peer's own time of day. */
export class ClockChecker implements StepObserver {
  readonly #sim: Simulator;
  readonly #violate: Violate;
  /** The time of day of each process at zero of its own time. */
  readonly #offsets = new Map<SimPeer, number>();
  /** Those that listed nobody of ours when they were last looked at: originals tell no time. */
  readonly #alone = new Set<SimPeer>();
  /** How far ahead of the true time each peer's own was, and until when. */
  readonly #former = new Map<SimPeer, { readonly leadMs: number; readonly untilMs: number }[]>();

  constructor(sim: Simulator, violate: Violate) {
    this.#sim = sim;
    this.#violate = violate;
  }

  onStart(peer: SimPeer): void {
    this.#offsets.delete(peer);
    this.#alone.delete(peer);
  }

  onEnd(peer: SimPeer): void {
    this.#remember(peer, this.#offsets.get(peer));
  }

  onStep(peer: SimPeer): void {
    const nowMs = peer.host.monotonicMs();
    const wallMs = peer.native?.wallMs(nowMs);
    if (wallMs === undefined) return;
    const held = this.#offsets.get(peer);
    const offsetMs = wallMs - nowMs;
    const wasAlone = this.#alone.has(peer);
    if (peer.native?.liveCount === 1) this.#alone.add(peer);
    else this.#alone.delete(peer);
    this.#offsets.set(peer, offsetMs);
    if (held === undefined || offsetMs - held < SAME_MS) return;
    this.#remember(peer, held);
    // Who knows nobody has only the one that it is linked to first to go by.
    if (
      wasAlone ||
      this.#sim.running.length < FEW_PEERS ||
      Math.abs(wallMs - peer.wallMs) < SAME_MS
    )
      return;
    const like = this.#sim.peers.filter(
      (other) => other !== peer && this.#wasAsFar(other, wallMs),
    ).length;
    if (like >= 2) return;
    const hours = ((offsetMs - held) / 3_600_000).toFixed(1);
    const message = `${peer.address} set its time ${hours} h ahead, to that of ${like} of ${this.#sim.running.length - 1} others`;
    this.#violate("clock", message, { observer: peer.address });
  }

  #remember(peer: SimPeer, offsetMs: number | undefined): void {
    const { nowMs } = this.#sim;
    if (offsetMs === undefined) return;
    const recent = this.#former.get(peer) ?? [];
    const leadMs = offsetMs + peer.host.monotonicMs() - nowMs;
    this.#former.set(peer, [...recent.slice(-8), { leadMs, untilMs: nowMs }]);
  }

  /** True when that peer goes by a time as late, or did a while ago. */
  #wasAsFar(peer: SimPeer, wallMs: number): boolean {
    const { nowMs } = this.#sim;
    const now = peer.isRunning ? peer.native?.wallMs(peer.host.monotonicMs()) : undefined;
    if (now !== undefined && now > wallMs - SAME_MS) return true;
    return (this.#former.get(peer) ?? []).some(
      ({ leadMs, untilMs }) => nowMs - untilMs < REMEMBERED_MS && leadMs + nowMs > wallMs - SAME_MS,
    );
  }
}
