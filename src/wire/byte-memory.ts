// Remembers what bytes were decoded to. The same bytes then give the same object again, which costs
// less than to decode them, and lets others keep what they computed from the object.

/**
 * Slots of the memory at first and at most, powers of two. A value can be in one of two neighbouring
 * slots. Few at first: a process may run many peers, and most clusters are small.
 */
const FIRST_SLOTS = 2 ** 6;
const MAX_SLOTS = 2 ** 15;
/** So many slots for each value, so that hardly ever three contend for two slots. */
const SLOTS_EACH = 16;

/** What was not asked for in so many questions, or in twice as many, is forgotten. */
const FORGOTTEN_AFTER = 2 ** 12;

/** What one memory holds at most. */
export interface MemoryBounds {
  /** Longer messages are decoded each time. */
  readonly maxBytesEach: number;
  /** Of all messages together. */
  readonly maxBytes: number;
}

/** A value and the bytes it was decoded from. */
export interface Remembered<Value> {
  readonly bytes: Uint8Array;
  readonly value: Value;
  /** Where the value was that came after this one last time; most lists keep their order. */
  nextSlot: number;
  /** Whether it was asked for since the hand last came by. */
  isInUse: boolean;
}

/** A memory with bounds; what is in the way of something new is forgotten. */
export class ByteMemory<Value> {
  readonly #bounds: MemoryBounds;
  #slots: (Remembered<Value> | undefined)[] = newSlots(FIRST_SLOTS);
  #heldCount = 0;
  #heldBytes = 0;
  /** The slot that is looked at next for what is no longer in use, or is too much. */
  #hand = 0;
  /** How far the hand is behind the questions, in slots times {@link FORGOTTEN_AFTER}. */
  #handDue = 0;

  constructor(bounds: MemoryBounds) {
    this.#bounds = bounds;
  }

  /**
   * What is remembered of the bytes from `start` to `end`; looked for first where it was last time,
   * after the one before it.
   */
  recall(
    source: Uint8Array,
    start: number,
    end: number,
    previous: Remembered<Value> | undefined,
  ): Remembered<Value> | undefined {
    this.#forgetUnused();
    const guess = previous === undefined ? undefined : this.#slots[previous.nextSlot];
    if (guess !== undefined && sameBytes(guess.bytes, source, start, end)) {
      guess.isInUse = true;
      return guess;
    }
    if (end - start > this.#bounds.maxBytesEach) return undefined;
    const slot = this.#heldSlot(source, start, end);
    const remembered = slot === undefined ? undefined : this.#slots[slot];
    if (slot === undefined || remembered === undefined) return undefined;
    if (previous !== undefined) previous.nextSlot = slot;
    remembered.isInUse = true;
    return remembered;
  }

  /** Remembers what the bytes from `start` to `end` were decoded to, unless they are too long. */
  remember(
    source: Uint8Array,
    start: number,
    end: number,
    value: Value,
    previous: Remembered<Value> | undefined,
  ): Remembered<Value> | undefined {
    if (end - start > this.#bounds.maxBytesEach) return undefined;
    if (SLOTS_EACH * this.#heldCount >= this.#slots.length) this.#grow();
    const slot = this.#slotOf(source, start, end);
    if (previous !== undefined) previous.nextSlot = slot;
    const remembered = {
      bytes: ownBytes(source, start, end),
      value,
      nextSlot: slot,
      isInUse: true,
    };
    this.#empty(slot);
    this.#put(slot, remembered);
    this.#makeRoom();
    return remembered;
  }

  /** Goes round once in {@link FORGOTTEN_AFTER} questions: news is asked for by a few, and never again. */
  #forgetUnused(): void {
    this.#handDue += this.#slots.length;
    while (this.#handDue >= FORGOTTEN_AFTER) {
      this.#handDue -= FORGOTTEN_AFTER;
      const remembered = this.#slots[this.#hand];
      if (remembered?.isInUse === true) remembered.isInUse = false;
      else this.#empty(this.#hand);
      this.#hand = (this.#hand + 1) % this.#slots.length;
    }
  }

  #put(slot: number, remembered: Remembered<Value>): void {
    this.#empty(slot);
    this.#slots[slot] = remembered;
    this.#heldCount += 1;
    this.#heldBytes += remembered.bytes.length;
  }

  #grow(): void {
    if (this.#slots.length >= MAX_SLOTS) return;
    const held = this.#slots;
    this.#slots = newSlots(2 * held.length);
    this.#heldCount = 0;
    this.#heldBytes = 0;
    this.#hand = 0;
    for (const remembered of held) {
      if (remembered === undefined) continue;
      const { bytes } = remembered;
      this.#put(this.#slotOf(bytes, 0, bytes.length), remembered);
    }
  }

  #makeRoom(): void {
    while (this.#heldBytes > this.#bounds.maxBytes) {
      this.#empty(this.#hand);
      this.#hand = (this.#hand + 1) % this.#slots.length;
    }
  }

  #empty(slot: number): void {
    const remembered = this.#slots[slot];
    if (remembered === undefined) return;
    this.#heldCount -= 1;
    this.#heldBytes -= remembered.bytes.length;
    this.#slots[slot] = undefined;
  }

  /** Where bytes are remembered; undefined where they are not. */
  #heldSlot(source: Uint8Array, start: number, end: number): number | undefined {
    const slot = hashBytes(source, start, end) & (this.#slots.length - 1);
    const first = this.#slots[slot];
    if (first !== undefined && sameBytes(first.bytes, source, start, end)) return slot;
    const neighbour = slot ^ 1;
    const second = this.#slots[neighbour];
    const isSecond = second !== undefined && sameBytes(second.bytes, source, start, end);
    return isSecond ? neighbour : undefined;
  }

  /** Where bytes are remembered, or else where they would be. */
  #slotOf(source: Uint8Array, start: number, end: number): number {
    const slot = hashBytes(source, start, end) & (this.#slots.length - 1);
    const first = this.#slots[slot];
    if (first === undefined || sameBytes(first.bytes, source, start, end)) return slot;
    const neighbour = slot ^ 1;
    const second = this.#slots[neighbour];
    if (second === undefined || sameBytes(second.bytes, source, start, end)) return neighbour;
    return slot;
  }
}

function newSlots<Value>(count: number): (Remembered<Value> | undefined)[] {
  return new Array<Remembered<Value> | undefined>(count);
}

/**
 * Bytes that can be kept: a copy of what comes from a socket, which is a view of a larger buffer
 * that would be kept alive. Not by `slice`, which on a Buffer gives a view once more.
 */
function ownBytes(source: Uint8Array, start: number, end: number): Uint8Array {
  const isWhole = end - start === source.buffer.byteLength;
  return isWhole ? source : new Uint8Array(source.subarray(start, end));
}

function hashBytes(source: Uint8Array, start: number, end: number): number {
  let hash = 0x811c_9dc5;
  for (let index = start; index < end; index += 1) {
    hash = Math.imul(hash ^ (source[index] ?? 0), 0x0100_0193);
  }
  return hash ^ (hash >>> 15);
}

function sameBytes(held: Uint8Array, source: Uint8Array, start: number, end: number): boolean {
  const { length } = held;
  if (length !== end - start) return false;
  if (held === source) return true;
  for (let index = 0; index < length; index += 1) {
    if (held[index] !== source[start + index]) return false;
  }
  return true;
}
