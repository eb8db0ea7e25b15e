// A hash of all that happened in a run, in order. Two runs with the same hash were the same run.

/** Mixes numbers into two 32-bit lanes; integer arithmetic alone, so it is the same everywhere. */
export class Trace {
  #low = 0x811c_9dc5;
  #high = 0x2545_f491;

  /** Mixes in the time of a step and numbers that tell what it was. */
  add(atMs: number, kind: number, subject: number, amount: number): void {
    // Microseconds, in two parts, since a virtual day does not fit into 32 bits of them.
    const micros = Math.floor(atMs * 1_000);
    this.#mix(micros | 0);
    this.#mix(Math.floor(micros / 2 ** 32) ^ (kind << 24) ^ subject);
    this.#mix(amount | 0);
  }

  /** Sixteen hexadecimal digits. */
  get hash(): string {
    return hex(this.#high) + hex(this.#low);
  }

  #mix(value: number): void {
    this.#low = Math.imul(this.#low ^ value, 0x0100_0193);
    this.#low ^= this.#low >>> 15;
    this.#high = Math.imul(this.#high + value, 0x85eb_ca6b) ^ this.#low;
    this.#high ^= this.#high >>> 13;
  }
}

function hex(value: number): string {
  return (value >>> 0).toString(16).padStart(8, "0");
}
