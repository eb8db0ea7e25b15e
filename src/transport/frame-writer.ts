// The sending half of a link on gRPC: frames that are sent together leave together, no more at once
// than the network takes soon, and the bytes that wait are counted.

import { queueMicrotask } from "./platform-timers.js";
/** How long the rest of a link may take once one side has closed it. */
export const LINGER_MS = 1_000;
/** A frame of HTTP/2: the window of a stream holds several, so that progress of a slow reader shows. */
const BATCH_BYTES = 16_384;

/** Writes some frames as one; `onSent` is called once the network has taken them. */
export type WriteFrames = (frames: readonly Uint8Array[], onSent: () => void) => void;

/** Writes frames to a stream, in their order. */
export class FrameWriter {
  readonly #write: WriteFrames;
  readonly #onDrained: () => void;
  #waiting: Uint8Array[] = [];
  #unsentBytes = 0;
  /** Of the batch that is being written; undefined while there is none. */
  #batchBytes: number | undefined;
  #onEnd: (() => void) | undefined;

  /** `onDrained` is called each time that the network has taken frames. */
  constructor(write: WriteFrames, onDrained: () => void = () => {}) {
    this.#write = write;
    this.#onDrained = onDrained;
  }

  /** Bytes given to `send` that the network has not taken. */
  get unsentBytes(): number {
    return this.#unsentBytes;
  }

  send(frame: Uint8Array): void {
    this.#unsentBytes += frame.byteLength;
    this.#waiting.push(frame);
    if (this.#batchBytes !== undefined) return;
    this.#batchBytes = 0;
    // What else is sent on this turn comes with it.
    queueMicrotask(this.#writeNext);
  }

  /** Calls back once all frames were handed over; none are to be sent after that. */
  end(onEnd: () => void): void {
    if (this.#batchBytes !== undefined) this.#onEnd = onEnd;
    else onEnd();
  }

  readonly #writeNext = (): void => {
    const batch = this.#takeBatch();
    let bytes = 0;
    for (const { byteLength } of batch) bytes += byteLength;
    this.#batchBytes = bytes;
    this.#write(batch, this.#onSent);
    // The last of them need not be taken for the end to follow.
    if (this.#waiting.length === 0) this.#finish();
  };

  readonly #onSent = (): void => {
    this.#unsentBytes -= this.#batchBytes ?? 0;
    // What is sent in answer waits like all else, as long as this batch counts as under way.
    this.#onDrained();
    if (this.#waiting.length > 0) return this.#writeNext();
    this.#batchBytes = undefined;
    this.#finish();
  };

  #takeBatch(): readonly Uint8Array[] {
    const waiting = this.#waiting;
    let bytes = 0;
    let count = 0;
    while (count < waiting.length && bytes < BATCH_BYTES) {
      bytes += waiting[count]?.byteLength ?? 0;
      count += 1;
    }
    this.#waiting = waiting.splice(count);
    return waiting;
  }

  #finish(): void {
    const onEnd = this.#onEnd;
    this.#onEnd = undefined;
    onEnd?.();
  }
}
