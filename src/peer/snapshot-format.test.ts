import { describe, expect, test } from "vitest";
import { parseAddress } from "../core/address.js";
import type { Snapshot } from "../core/snapshot.js";
import { maxSnapshotBytes, readSnapshot, writeSnapshot } from "./snapshot-format.js";

const OWNER = { cluster: "blue", address: "10.0.0.1:7946" };
const SNAPSHOT: Snapshot = {
  generation: 90_000_000_000,
  version: 90_000_000,
  savedAt: 90_000_000_001,
  members: [
    { address: "10.0.0.2:7946", remainingMs: 86_400_000 },
    { address: "[::1]:7946", remainingMs: 1 },
  ],
};
/** Of a peer with the default limits. */
const MAX_BYTES = 1_048_576;
const TEXT = writeSnapshot(SNAPSHOT, OWNER, MAX_BYTES);

function faultOf(text: string, cluster = "blue"): string {
  const reading = readSnapshot(text, cluster);
  return reading.type === "fault" ? reading.fault : expect.fail("no fault was found");
}

test("what was written is read again", () => {
  expect(readSnapshot(TEXT, "blue")).toMatchObject({ type: "snapshot", snapshot: SNAPSHOT });
});

test("times are written as whole milliseconds", () => {
  const members = [{ address: "a:1", remainingMs: 0.6 }];
  const text = writeSnapshot({ ...SNAPSHOT, savedAt: 1.4, members }, OWNER, MAX_BYTES);
  expect(readSnapshot(text, "blue")).toMatchObject({
    snapshot: { savedAt: 1, members: [{ remainingMs: 1 }] },
  });
});

describe("a snapshot", () => {
  test("is as large as its members may be, within bounds", () => {
    const most = (maxFormerMembers: number) => maxSnapshotBytes({ maxFormerMembers });
    expect(most(1)).toBe(1_048_576);
    expect(most(3_263)).toBe(1_048_576);
    expect(most(3_264)).toBe(4_096 + 320 * 3_264);
    expect(most(13_094)).toBe(4_096 + 320 * 13_094);
    expect(most(13_095)).toBe(4_194_304);
    expect(most(Number.MAX_SAFE_INTEGER)).toBe(4_194_304);
  });

  test("with as many members as are kept, each as long as it may be, fits", () => {
    const maxFormerMembers = 4_000;
    const name = `${"abc.".repeat(62)}abcde`;
    const members = Array.from({ length: maxFormerMembers }, (_, index) => {
      return { address: `${name}:${10_000 + index}`, remainingMs: 2_147_483_647 };
    });
    expect(members.filter(({ address }) => parseAddress(address) === undefined)).toEqual([]);
    // The longest name of a cluster, of which JSON escapes each byte.
    const owner = { cluster: "\u0001".repeat(256), address: `${name}:65535` };
    const most = maxSnapshotBytes({ maxFormerMembers });
    const text = writeSnapshot({ ...SNAPSHOT, members }, owner, most);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(most);
    expect(readSnapshot(text, owner.cluster)).toMatchObject({ snapshot: { members } });
  });

  test("has the first of the members where not all fit", () => {
    const members = Array.from({ length: 1_000 }, (_, index) => {
      return { address: `10.0.0.1:${index + 1}`, remainingMs: 1_000 };
    });
    const most = 10_000;
    const text = writeSnapshot({ ...SNAPSHOT, members }, OWNER, most);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(most);
    const reading = readSnapshot(text, "blue");
    if (reading.type === "fault") expect.fail(reading.fault);
    expect(reading.snapshot.members.length).toBeGreaterThan(100);
    expect(reading.snapshot.members).toEqual(members.slice(0, reading.snapshot.members.length));
  });
});

describe("a fault is", () => {
  test("every torn beginning of a file", () => {
    // Without the last two bytes, of which one is the line's end, it is no JSON.
    for (let length = 0; length <= TEXT.length - 2; length += 1) {
      expect(faultOf(TEXT.slice(0, length))).toContain("is damaged");
    }
  });

  test("any bit that tipped over in the content", () => {
    const bytes = Buffer.from(TEXT);
    for (let index = TEXT.indexOf('"content"'); index < bytes.length - 1; index += 1) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8((bytes[index] ?? 0) ^ 1, index);
      expect(faultOf(changed.toString()), changed.toString()).toContain("is damaged");
    }
  });

  test.each([
    ["nothing", ""],
    ["a file full of zeros", "\0".repeat(TEXT.length)],
    ["another program's JSON", '{"name":"other","version":"1.0.0"}'],
    ["a list", "[]"],
    ["a word", '"gossip-snapshot"'],
    ["the format of no version", TEXT.replace('"version":1', '"version":0')],
    ["a half version", TEXT.replace('"version":1', '"version":0.5')],
  ])("%s", (_, text) => {
    expect(faultOf(text)).toContain("is damaged");
  });

  test("what a later version wrote, whatever is in it", () => {
    const text = JSON.stringify({ format: "gossip-snapshot", version: 2, peers: [] });
    expect(faultOf(text)).toBe("was written by a later version of gossip (format 2)");
  });

  test("what is of another cluster", () => {
    expect(faultOf(TEXT, "green")).toBe('is of the cluster "blue", and not of this one');
  });

  test("an address that nobody can dial", () => {
    const members = [{ address: "nowhere", remainingMs: 1 }];
    expect(faultOf(writeSnapshot({ ...SNAPSHOT, members }, OWNER, MAX_BYTES))).toBe("is damaged");
  });
});
