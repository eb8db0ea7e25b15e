// Places on the rings: the nearest on both sides of each ring, found in whatever order the members
// are offered, and short ways from everyone to everyone.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addressOf } from "../../../test/support/native-records.js";
import { NeighbourSearch, RING_COUNT, type RingMember, ringPositions } from "./rings.js";

function memberAt(address: string, positions: readonly number[]): RingMember {
  return { address, positions };
}

function memberOf(index: number): RingMember {
  return { address: addressOf(index), positions: ringPositions(addressOf(index)) };
}

function searched(around: RingMember, members: readonly RingMember[]): Set<string> {
  const search = new NeighbourSearch(around);
  for (const member of members) search.offer(member);
  return search.addresses;
}

/** The first member after a point and the last before it, by sorting. */
function nearest(around: RingMember, members: readonly RingMember[]): Set<string> {
  const others = members.filter(({ address }) => address !== around.address);
  const found = new Set<string>();
  for (let ring = 0; ring < RING_COUNT; ring += 1) {
    const own = around.positions[ring] ?? 0;
    for (const sign of [1, -1]) {
      const distance = (member: RingMember) =>
        (sign * ((member.positions[ring] ?? 0) - own) + 2 ** 32) % 2 ** 32;
      const [first] = others.toSorted(
        (a, b) => distance(a) - distance(b) || (a.address < b.address ? -1 : 1),
      );
      if (first !== undefined) found.add(first.address);
    }
  }
  return found;
}

/** Few places, and the ends of the range, so that members share some. */
const places = fc.constantFrom(0, 1, 2, 2 ** 31, 2 ** 32 - 2, 2 ** 32 - 1);
const members = fc.uniqueArray(
  fc
    .tuple(fc.nat(20), fc.tuple(places, places, places, places))
    .map(([index, positions]) => memberAt(addressOf(index), positions)),
  { selector: ({ address }) => address, minLength: 1, maxLength: 15 },
);

describe("a search", () => {
  test("finds the nearest on both sides of each ring, in whatever order they are offered", () => {
    fc.assert(
      fc.property(members, ([around, ...others]) => {
        if (around === undefined) throw new Error("there is one");
        const expected = nearest(around, others);
        expect(searched(around, others)).toEqual(expected);
        expect(searched(around, [around, ...others.toReversed()])).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  test("tells of each that is offered whether it is nearer", () => {
    const around = memberAt("a", [10, 10, 10, 10]);
    const search = new NeighbourSearch(around);
    expect(search.offer(around)).toBe(false);
    expect(search.offer(memberAt("b", [20, 20, 20, 20]))).toBe(true);
    expect(search.offer(memberAt("c", [21, 21, 21, 21]))).toBe(true);
    expect(search.offer(memberAt("d", [20, 21, 20, 21]))).toBe(false);
    expect(search.offer(memberAt("e", [20, 21, 19, 21]))).toBe(true);
    expect(search.addresses).toEqual(new Set(["b", "c", "e"]));
  });

  test("on one ring only leaves the others alone", () => {
    const search = new NeighbourSearch(memberAt("a", [10, 10, 10, 10]));
    search.offerOn(2, memberAt("b", [11, 11, 11, 11]));
    search.offer(memberAt("c", [12, 12, 12, 12]));
    search.offerOn(2, memberAt("d", [10, 10, 13, 10]));
    expect(search.addresses).toEqual(new Set(["b", "c", "d"]));
    expect(new NeighbourSearch(memberAt("a", [10, 10, 10, 10])).addresses.size).toBe(0);
  });
});

test("each ring has another order, and an address stands where it stands everywhere", () => {
  expect(ringPositions(addressOf(1))).toEqual(ringPositions(addressOf(1)));
  const orders = Array.from({ length: RING_COUNT }, (_, ring) => {
    const position = (index: number) => ringPositions(addressOf(index))[ring] ?? 0;
    return Array.from({ length: 50 }, (_, index) => index)
      .sort((a, b) => position(a) - position(b))
      .join();
  });
  expect(new Set(orders).size).toBe(RING_COUNT);
});

test("a thousand members have some eight neighbours each, and reach each other in a few steps", () => {
  const all = Array.from({ length: 1_000 }, (_, index) => memberOf(index));
  // Sorted once for each ring: the neighbours are the two next to one.
  const neighbours = new Map(all.map(({ address }) => [address, new Set<string>()]));
  for (let ring = 0; ring < RING_COUNT; ring += 1) {
    const order = all.toSorted((a, b) => (a.positions[ring] ?? 0) - (b.positions[ring] ?? 0));
    for (const [place, { address }] of order.entries()) {
      const next = order[(place + 1) % order.length]?.address ?? "";
      neighbours.get(address)?.add(next);
      neighbours.get(next)?.add(address);
    }
  }
  for (const member of all.slice(0, 20)) {
    expect(searched(member, all)).toEqual(neighbours.get(member.address));
  }
  const degrees = Array.from(neighbours.values(), ({ size }) => size);
  expect(Math.min(...degrees)).toBeGreaterThanOrEqual(6);
  expect(Math.max(...degrees)).toBe(2 * RING_COUNT);
  let reached = new Set([addressOf(0)]);
  let steps = 0;
  while (reached.size < all.length && steps < 20) {
    reached = new Set([...reached].flatMap((from) => [from, ...(neighbours.get(from) ?? [])]));
    steps += 1;
  }
  expect(steps).toBeLessThanOrEqual(6);
});
