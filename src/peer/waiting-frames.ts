// What waits for its turn on one link: rumors before lists, since they are news; each in its order.

import type { Frame, Records, Rumors } from "../core/native/frames.js";

/** Frames of records that wait. They hold records that are known anyway: memory for the frames alone. */
export class WaitingFrames {
  readonly #rumors: Rumors[] = [];
  readonly #records: Records[] = [];

  get length(): number {
    return this.#rumors.length + this.#records.length;
  }

  add(frame: Rumors | Records): void {
    if (frame.type === "rumors") this.#rumors.push(frame);
    else this.#records.push(frame);
  }

  /** The next one to send; undefined when none waits. */
  take(): Frame | undefined {
    return this.#rumors.shift() ?? this.#records.shift();
  }
}
