// A peer of a simulation that has gone over to the enemy: it speaks the protocol perfectly, holds its
// links and answers probes as all do, and besides says whatever the test has it say.

import type { Frame } from "../../src/core/native/frames.js";
import type { MemberRecord } from "../../src/core/native/member-record.js";
import type { NativeCore } from "../../src/core/native/native-core.js";
import type { NativeEffect, NativeInput } from "../../src/core/native/native-messages.js";
import { wholeRecord } from "../../src/core/native/own-member.js";
import type { SimPeer, Simulator } from "../../src/simulator/index.js";

/** A hostile member with an honest member's place in the cluster. */
export class Possessed {
  readonly peer: SimPeer;
  readonly #sim: Simulator;
  readonly #core: NativeCore;
  /** Whom each of its links leads to. */
  readonly #links = new Map<number, string>();
  readonly #said: NativeEffect[] = [];
  /** What becomes of each frame that its honest half would send. */
  rewrite: (frame: Frame, to: string | undefined) => Frame | undefined = (frame) => frame;
  /** How many frames of its own it has sent. */
  sent = 0;

  constructor(sim: Simulator, peer: SimPeer) {
    const core = peer.native;
    if (core === undefined) throw new Error("only a native peer can be possessed");
    this.#sim = sim;
    this.peer = peer;
    this.#core = core;
    const handle = core.handle.bind(core);
    const takeEffects = core.takeEffects.bind(core);
    core.handle = (input, now) => {
      this.#note(input);
      handle(input, now);
    };
    core.takeEffects = () => {
      const honest = takeEffects().flatMap((effect) => this.#rewritten(effect));
      return [...honest, ...this.#said.splice(0)];
    };
  }

  /** Those whom it can talk to. */
  get linked(): string[] {
    return [...new Set(this.#links.values())];
  }

  /** Says something to all to whom it is linked, or to some of them. */
  says(frame: Frame, to: (address: string) => boolean = () => true): void {
    for (const [linkId, address] of this.#links) {
      if (!to(address)) continue;
      this.#said.push({ type: "send", linkId, frame });
      this.sent += 1;
    }
    this.#utter();
  }

  /** Tells of records as if most watchers had agreed on them. */
  tells(...records: readonly MemberRecord[]): void {
    const words = { records: records.map(wholeRecord), first: true, accusing: false };
    this.says({ type: "rumors", ...words });
  }

  /** What it holds of a member itself. */
  record({ address }: SimPeer): MemberRecord {
    const record = this.#core.records().find((held) => held.address === address);
    if (record === undefined) throw new Error(`${address} is not known`);
    return record;
  }

  /** Says it again and again. */
  every(periodMs: number, say: () => void): void {
    const again = (): void => {
      say();
      this.#sim.after(periodMs, again);
    };
    this.#sim.after(periodMs, again);
  }

  /** The driver takes what there is with the next thing that happens to the peer. */
  #utter(): void {
    // The end of nothing: it makes the driver look, and changes nothing.
    this.peer.peer.addSeed(this.peer.address).catch(() => {});
  }

  #note(input: NativeInput): void {
    if (input.type === "frame" && input.frame.type === "hello") {
      this.#links.set(input.linkId, input.frame.address);
    } else if (input.type === "link-ended") {
      this.#links.delete(input.linkId);
    }
  }

  #rewritten(effect: NativeEffect): NativeEffect[] {
    if (effect.type === "open-link") this.#links.set(effect.linkId, effect.address);
    if (effect.type === "close-link" || effect.type === "refuse-link") {
      this.#links.delete(effect.linkId);
    }
    if (effect.type !== "send") return [effect];
    const frame = this.rewrite(effect.frame, this.#links.get(effect.linkId));
    return frame === undefined ? [] : [{ ...effect, frame }];
  }
}
