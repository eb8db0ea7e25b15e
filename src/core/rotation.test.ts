// The seed's rule for whose turn it is: the member untouched for longest, those never contacted
// first. Examples, and every history against a model that is too simple to be wrong.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MemberBase } from "./member-base.js";
import { Rotation } from "./rotation.js";

const nobody = (): boolean => false;

describe("whose turn it is", () => {
  test("nobody's, as long as there is nobody", () => {
    expect(new Rotation().next(nobody)).toBeUndefined();
  });

  test("the member that was contacted longest ago", () => {
    const rotation = new Rotation();
    for (const address of ["a", "b", "c"]) rotation.addUntouched(address);
    rotation.touch("b", 10);
    rotation.touch("a", 20);
    rotation.touch("c", 30);
    expect(rotation.next(nobody)).toBe("b");
    rotation.touch("b", 40);
    expect(rotation.next(nobody)).toBe("a");
  });

  test("one that was never contacted comes before all that were", () => {
    const rotation = new Rotation();
    rotation.touch("old", 10);
    rotation.addUntouched("new");
    expect(rotation.next(nobody)).toBe("new");
  });

  test("of those never contacted, the one that came first", () => {
    const rotation = new Rotation();
    rotation.addUntouched("first");
    rotation.addUntouched("second");
    expect(rotation.next(nobody)).toBe("first");
  });

  test("to be put in again changes nothing for one that was contacted", () => {
    const rotation = new Rotation();
    rotation.touch("a", 10);
    rotation.touch("b", 20);
    rotation.addUntouched("b");
    expect(rotation.next(nobody)).toBe("a");
  });

  test("the busy are passed over, and nobody is left when all are", () => {
    const rotation = new Rotation();
    rotation.addUntouched("new");
    rotation.touch("a", 10);
    rotation.touch("b", 20);
    expect(rotation.next((address) => address === "new")).toBe("a");
    expect(rotation.next((address) => address !== "b")).toBe("b");
    expect(rotation.next(() => true)).toBeUndefined();
  });

  test("everyone has a turn before anyone has a second", () => {
    const rotation = new Rotation();
    const members = Array.from({ length: 50 }, (_, index) => `member ${index}`);
    for (const member of members) rotation.addUntouched(member);
    for (let round = 0; round < 3; round += 1) {
      const turns = new Set<string>();
      for (let turn = 0; turn < members.length; turn += 1) {
        const address = rotation.next(nobody);
        if (address === undefined) throw new Error("nobody's turn");
        rotation.touch(address, round * 100 + turn);
        turns.add(address);
      }
      expect(turns.size).toBe(members.length);
    }
  });
});

test("the last contact is known, and forgotten with its member", () => {
  const rotation = new Rotation();
  rotation.addUntouched("a");
  expect(rotation.lastContactMs("a")).toBeUndefined();
  rotation.touch("a", 10);
  rotation.touch("a", 25);
  expect(rotation.lastContactMs("a")).toBe(25);
  rotation.remove("a");
  expect(rotation.lastContactMs("a")).toBeUndefined();
});

describe("members of a shared base", () => {
  const base = new MemberBase(
    ["a", "b", "c", "d"].map((address) => ({ address, version: 1, deleted: false, name: "" })),
  );

  function turns(rotation: Rotation, count: number): (string | undefined)[] {
    return Array.from({ length: count }, (_, turn) => {
      const address = rotation.next(nobody);
      if (address !== undefined) rotation.touch(address, turn);
      return address;
    });
  }

  test("have their turn from the one after ourselves on, and we have none", () => {
    expect(turns(new Rotation(base, "b"), 7)).toEqual(["c", "d", "a", "c", "d", "a", "c"]);
  });

  test("come before those that were contacted, and after those that never were", () => {
    const rotation = new Rotation(base, "a");
    rotation.touch("contacted", 0);
    rotation.addUntouched("new");
    expect(turns(rotation, 5)).toEqual(["new", "b", "c", "d", "contacted"]);
  });

  test("have no turn once they are removed, and the next one when they are back", () => {
    const rotation = new Rotation(base, "a");
    rotation.remove("c");
    expect(turns(rotation, 3)).toEqual(["b", "d", "b"]);
    rotation.addUntouched("c");
    expect(turns(rotation, 2)).toEqual(["c", "d"]);
  });

  test("are passed over while they are busy", () => {
    const rotation = new Rotation(base, "a");
    expect(rotation.next((address) => address !== "d")).toBe("d");
    expect(rotation.next(nobody)).toBe("b");
  });
});

/** A list that is searched anew each time. */
class NaiveRotation {
  /** In the order in which they were put in. */
  members: { address: string; contactMs: number | undefined; place: number }[] = [];
  #lastPlace = 0;

  addUntouched(address: string): void {
    if (this.members.some((member) => member.address === address)) return;
    this.#lastPlace += 1;
    this.members.push({ address, contactMs: undefined, place: this.#lastPlace });
  }

  touch(address: string, now: number): void {
    this.remove(address);
    this.#lastPlace += 1;
    this.members.push({ address, contactMs: now, place: this.#lastPlace });
  }

  remove(address: string): void {
    this.members = this.members.filter((member) => member.address !== address);
  }

  next(isBusy: (address: string) => boolean): string | undefined {
    const free = this.members.filter((member) => !isBusy(member.address));
    const inOrder = free.sort((a, b) => {
      const never = Number.NEGATIVE_INFINITY;
      return (a.contactMs ?? never) - (b.contactMs ?? never) || a.place - b.place;
    });
    return inOrder[0]?.address;
  }
}

test("it does as the model does, in every history", () => {
  const addresses = fc.constantFrom("a", "b", "c", "d", "e");
  const steps = fc.record({
    type: fc.constantFrom("add" as const, "touch" as const, "remove" as const),
    address: addresses,
    // Often no time at all passes between two contacts.
    afterMs: fc.oneof(fc.constant(0), fc.nat(10)),
    busy: fc.uniqueArray(addresses),
  });
  fc.assert(
    fc.property(fc.array(steps, { maxLength: 50 }), (history) => {
      const rotation = new Rotation();
      const model = new NaiveRotation();
      let now = 0;
      for (const { type, address, afterMs, busy } of history) {
        now += afterMs;
        for (const each of [rotation, model]) {
          if (type === "add") each.addUntouched(address);
          else if (type === "touch") each.touch(address, now);
          else each.remove(address);
        }
        const busyOnes = new Set<string>(busy);
        const isBusy = (member: string): boolean => busyOnes.has(member);
        expect(rotation.next(nobody)).toBe(model.next(nobody));
        expect(rotation.next(isBusy)).toBe(model.next(isBusy));
        for (const member of model.members) {
          expect(rotation.lastContactMs(member.address)).toBe(member.contactMs);
        }
      }
    }),
  );
});
