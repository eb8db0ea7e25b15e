// The messages of one call as they come in: so many are kept, and so many bytes; the rest is counted.

/**
 * The bytes that are kept of one call: room for far more than the records of a whole list, and an
 * end to what a caller can make us hold.
 */
const MAX_CALL_BYTES = 64 * 1_024 * 1_024;

/** Takes in messages until it is full, and counts those that come after. */
export class Inbox {
  readonly messages: Uint8Array[] = [];
  readonly #maxMessages: number;
  #bytesLeft: number;
  #dropped = 0;

  constructor(maxMessages: number, maxBytes: number = MAX_CALL_BYTES) {
    this.#maxMessages = maxMessages;
    this.#bytesLeft = maxBytes;
  }

  /** How many messages came that were not kept. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Keeps a message, or drops it. After the first that is dropped none is kept. */
  add(message: Uint8Array): void {
    const isFull = this.messages.length >= this.#maxMessages;
    if (this.#dropped > 0 || isFull || message.byteLength > this.#bytesLeft) {
      this.#dropped += 1;
      return;
    }
    this.#bytesLeft -= message.byteLength;
    this.messages.push(message);
  }
}
