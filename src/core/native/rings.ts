// K pseudo-random rings over the member ids: each peer links to the member before it and the member
// after it on each. That is an expander: short ways from everyone to everyone, and every peer has
// several watchers that all agree upon as soon as their lists agree.

import { hashText } from "../fingerprint.js";

/** How many rings there are; each gives two neighbours. */
export const RING_COUNT = 4;
/** Up to this many members all link to all. */
export const FULL_MESH_MEMBERS = 2 * RING_COUNT + 1;

const RING_SEEDS = [0x1b87_3593, 0xcc9e_2d51, 0xe654_6b64, 0x38b3_4ae5] as const;

/** Where a member stands on each ring. */
export type RingPositions = readonly number[];

/** Where an address stands on each ring. */
export function ringPositions(address: string): RingPositions {
  return RING_SEEDS.map((seed) => hashText(address, seed));
}

/** A member with its places on the rings. */
export interface RingMember {
  readonly address: string;
  readonly positions: RingPositions;
}

/** The nearest members found so far around one point, on each ring. */
export class NeighbourSearch {
  readonly #around: RingMember;
  readonly #after: (RingMember | undefined)[] = [];
  readonly #before: (RingMember | undefined)[] = [];

  constructor(around: RingMember) {
    this.#around = around;
  }

  /** Takes a member into account; returns whether it is nearer than those so far. */
  offer(member: RingMember): boolean {
    if (member.address === this.#around.address) return false;
    let isNearer = false;
    for (let ring = 0; ring < RING_COUNT; ring += 1) {
      if (this.#isNearer(ring, member, this.#after[ring], false)) {
        this.#after[ring] = member;
        isNearer = true;
      }
      if (this.#isNearer(ring, member, this.#before[ring], true)) {
        this.#before[ring] = member;
        isNearer = true;
      }
    }
    return isNearer;
  }

  /** Takes a member into account on one ring only. */
  offerOn(ring: number, member: RingMember): void {
    if (member.address === this.#around.address) return;
    if (this.#isNearer(ring, member, this.#after[ring], false)) this.#after[ring] = member;
    if (this.#isNearer(ring, member, this.#before[ring], true)) this.#before[ring] = member;
  }

  /** The neighbours, each once. */
  get addresses(): Set<string> {
    const addresses = new Set<string>();
    for (let ring = 0; ring < RING_COUNT; ring += 1) {
      const [after, before] = [this.#after[ring], this.#before[ring]];
      if (after !== undefined) addresses.add(after.address);
      if (before !== undefined) addresses.add(before.address);
    }
    return addresses;
  }

  #isNearer(
    ring: number,
    member: RingMember,
    held: RingMember | undefined,
    isBefore: boolean,
  ): boolean {
    if (held === undefined) return true;
    const distance = this.#distance(ring, member, isBefore);
    const heldDistance = this.#distance(ring, held, isBefore);
    if (distance !== heldDistance) return distance < heldDistance;
    return member.address < held.address;
  }

  #distance(ring: number, member: RingMember, isBefore: boolean): number {
    const own = this.#around.positions[ring] ?? 0;
    const other = member.positions[ring] ?? 0;
    return (isBefore ? own - other : other - own) >>> 0;
  }
}
