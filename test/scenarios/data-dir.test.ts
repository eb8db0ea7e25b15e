// What a peer keeps in its data directory, and what it makes of it when it starts again.

import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { Peer } from "gossip";
import { describe, expect, test } from "vitest";
import { writeSnapshot } from "../../src/peer/snapshot-format.js";
import { eventually } from "../support/eventually.js";
import { makePipe, testFolder } from "../support/folder.js";
import { unusedAddress } from "../support/hosts.js";
import {
  errorOf,
  expectAllSeeAll,
  forEachFailureDetection,
  restartPeer,
  startCluster,
  startPeer,
} from "../support/peers.js";
import { RecordingLogger } from "../support/recording-logger.js";

const MAX_BYTES = 1_048_576;

interface SnapshotContent {
  readonly generation: number;
  readonly savedAt: number;
  readonly members: readonly { readonly address: string }[];
}

function contentIn(dataDir: string): SnapshotContent {
  const text = readFileSync(join(dataDir, "snapshot.json"), "utf8");
  return (JSON.parse(text) as { content: SnapshotContent }).content;
}

function keptIn(dataDir: string): string[] {
  return contentIn(dataDir)
    .members.map(({ address }) => address)
    .sort();
}

function addressesBut(peers: readonly Peer[], own: Peer): string[] {
  const others = peers.filter((peer) => peer !== own);
  return others.map(({ address }) => address).sort();
}

forEachFailureDetection(() => {
  test("a cluster that is stopped whole and started without seeds finds itself", async () => {
    const folder = testFolder();
    const first = await startPeer({ name: "a", dataDir: join(folder, "a") });
    const seeds = [first.address];
    const second = await startPeer({ name: "b", dataDir: join(folder, "b"), seeds });
    const third = await startPeer({ name: "c", dataDir: join(folder, "c"), seeds });
    const peers = [first, second, third];
    await eventually(() => expectAllSeeAll(peers));
    await Promise.all(peers.map((peer) => peer.stop()));
    expect(keptIn(join(folder, "b"))).toEqual(addressesBut(peers, second));

    const again: Peer[] = [];
    for (const { address, info } of peers) {
      const dataDir = join(folder, info.name);
      again.push(await restartPeer(address, { name: info.name, dataDir }));
    }
    await eventually(() => expectAllSeeAll(again));
  });

  test("members that are not there yet are looked for until they are", async () => {
    const folder = testFolder();
    const dataDir = join(folder, "a");
    const other = await startPeer({ name: "b" });
    const peer = await startPeer({ name: "a", dataDir, seeds: [other.address] });
    await eventually(() => expectAllSeeAll([peer, other]));
    await Promise.all([peer.stop(), other.stop()]);

    const again = await restartPeer(peer.address, { name: "a", dataDir });
    // It looked once, in vain, and remembers whom it looks for.
    await eventually(() => {
      const { linksOpened, exchangesFailed } = again.stats();
      expect(linksOpened + exchangesFailed).toBeGreaterThan(0);
    });
    expect(keptIn(dataDir)).toEqual([other.address]);
    expect(again.members().size).toBe(1);
    const otherAgain = await restartPeer(other.address, { name: "b" });
    await eventually(() => expectAllSeeAll([again, otherAgain]));
  });
});

test("a member that left is not looked for", async () => {
  const dataDir = testFolder();
  const [first, second, third] = await startCluster(3);
  const peer = await startPeer({ name: "d", dataDir, seeds: [first.address] });
  await eventually(() => expect(peer.members().size).toBe(4));
  await third?.leave();
  await eventually(() => expect(peer.members().size).toBe(3));
  await peer.stop();
  expect(keptIn(dataDir)).toEqual([first.address, second?.address].sort());
});

test("a clock that was set back since makes a peer no older than it was", async () => {
  const dataDir = testFolder();
  const other = await startPeer({ name: "b" });
  const seeds = [other.address];
  const peer = await startPeer({ name: "before", dataDir, seeds });
  await eventually(() => expectAllSeeAll([peer, other]));
  await peer.stop();
  // As it would read had the clock been ten minutes ahead until now.
  const { members, generation } = contentIn(dataDir);
  const kept = members.map(({ address }) => ({ address, remainingMs: 60_000 }));
  const ahead = generation + 600_000;
  const snapshot = { generation: ahead, version: 7, savedAt: ahead, members: kept };
  const text = writeSnapshot(snapshot, { cluster: "", address: peer.address }, MAX_BYTES);
  writeFileSync(join(dataDir, "snapshot.json"), text);

  const logger = new RecordingLogger();
  const again = await restartPeer(peer.address, { name: "after", dataDir, logger });
  await eventually(() => expectAllSeeAll([again, other]));
  expect(contentIn(dataDir).generation).toBe(ahead + 1);
  const warnings = logger.lines.filter(({ level }) => level === "warn");
  expect(warnings.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^the clock is \d+ s behind the time in .*snapshot\.json/),
  ]);
});

describe("a file that cannot be used", () => {
  const owner = { cluster: "", address: "127.0.0.1:1" };
  const good = writeSnapshot(
    { generation: 1, version: 1, savedAt: 1, members: [] },
    owner,
    MAX_BYTES,
  );

  test.each([
    ["torn", good.slice(0, 40)],
    ["empty", ""],
    ["foreign", "a shopping list"],
    ["of another cluster", good.replace('"cluster":""', '"cluster":"x"')],
    ["newer", good.replace('"version":1', '"version":2')],
  ])("because it is %s is kept aside, and the peer starts from its seeds", async (_, text) => {
    const dataDir = testFolder();
    const file = join(dataDir, "snapshot.json");
    writeFileSync(file, text);
    const other = await startPeer({ name: "b" });
    const logger = new RecordingLogger();
    const peer = await startPeer({ name: "a", dataDir, seeds: [other.address], logger });
    await eventually(() => expectAllSeeAll([peer, other]));
    const [warning, ...more] = logger.lines.filter(({ level }) => level === "warn");
    expect(more).toEqual([]);
    expect(warning?.message).toContain(file);
    expect(warning?.message).toContain(`${file}.aside-1`);
    expect(readFileSync(`${file}.aside-1`, "utf8")).toBe(text);
    expect(peer.stats().snapshotsFailed).toBe(1);
    // In its place is one that can be used.
    await eventually(() => expect(keptIn(dataDir)).toEqual([other.address]));
  });
});

describe("a snapshot", () => {
  test("that is a link or a pipe is told of and kept aside, and what it leads to stays", async () => {
    const elsewhere = join(testFolder(), "elsewhere");
    for (const [make, kind] of [
      [(file: string) => symlinkSync(elsewhere, file), "is a symbolic link"],
      [(file: string) => makePipe(file), "is a pipe"],
    ] as const) {
      writeFileSync(elsewhere, "of another");
      const dataDir = testFolder();
      const file = join(dataDir, "snapshot.json");
      make(file);
      const logger = new RecordingLogger();
      const peer = await startPeer({ dataDir, logger });
      expect(peer.stats()).toMatchObject({ snapshotsWritten: 1, snapshotsFailed: 1 });
      const warnings = logger.lines.filter(({ level }) => level === "warn");
      expect(warnings.map(({ message }) => message)).toEqual([
        expect.stringContaining(
          `${file} ${kind}, and no regular file: it is kept as ${file}.aside-1`,
        ),
      ]);
      await peer.stop();
      expect(lstatSync(file).isFile()).toBe(true);
      expect(readFileSync(elsewhere, "utf8")).toBe("of another");
    }
  });

  test("in whose place somebody puts a link while the peer runs is not written through it", async () => {
    const elsewhere = join(testFolder(), "elsewhere");
    writeFileSync(elsewhere, "of another");
    const dataDir = testFolder();
    const file = join(dataDir, "snapshot.json");
    const logger = new RecordingLogger();
    const peer = await startPeer({ dataDir, logger });
    rmSync(file);
    symlinkSync(elsewhere, file);
    await peer.stop();
    expect(peer.stats()).toMatchObject({ snapshotsWritten: 1, snapshotsFailed: 1 });
    expect(logger.messages).toContainEqual(expect.stringContaining("is a symbolic link"));
    expect(readFileSync(elsewhere, "utf8")).toBe("of another");
    expect(lstatSync(file).isSymbolicLink()).toBe(true);
  });

  test("of 63 MB is not read, and takes no memory", async () => {
    const dataDir = testFolder();
    const file = join(dataDir, "snapshot.json");
    writeFileSync(file, `[${"{},".repeat(21_000_000)}{}]`);
    const logger = new RecordingLogger();
    const before = process.memoryUsage().rss;
    const peer = await startPeer({ dataDir, logger });
    expect(process.memoryUsage().rss - before).toBeLessThan(40_000_000);
    expect(logger.messages).toContainEqual(expect.stringContaining(`${file} is larger than 1 MiB`));
    expect(statSync(`${file}.aside-1`).size).toBe(63_000_004);
    await peer.stop();
  });
});

describe("a directory that cannot be written", () => {
  test("stops nothing: it is told once, and counted", async () => {
    const file = join(testFolder(), "file");
    writeFileSync(file, "");
    const other = await startPeer({ name: "b" });
    const logger = new RecordingLogger();
    const dataDir = join(file, "data");
    const peer = await startPeer({ name: "a", dataDir, seeds: [other.address], logger });
    await eventually(() => expectAllSeeAll([peer, other]));
    await peer.stop();
    expect(peer.stats()).toMatchObject({ snapshotsWritten: 0, snapshotAgeMs: undefined });
    expect(peer.stats().snapshotsFailed).toBeGreaterThan(1);
    const warnings = logger.lines.filter(({ level }) => level === "warn");
    expect(warnings.map(({ message }) => message)).toEqual([expect.stringContaining(dataDir)]);
  });

  test("is written again once it can be", async () => {
    const dataDir = join(testFolder(), "data");
    const logger = new RecordingLogger();
    const peer = await startPeer({ name: "a", dataDir, logger });
    expect(peer.stats().snapshotsWritten).toBe(1);
    rmSync(dataDir, { recursive: true });
    await startPeer({ name: "b", seeds: [peer.address] });
    await eventually(() => expect(peer.stats().snapshotsFailed).toBeGreaterThan(0));
    expect(peer.stats().snapshotAgeMs).toBeGreaterThan(0);
    mkdirSync(dataDir);
    const third = await startPeer({ name: "c", seeds: [peer.address] });
    await eventually(() => expect(keptIn(dataDir)).toContain(third.address));
    expect(peer.stats().snapshotsWritten).toBeGreaterThan(1);
  });
});

describe("a directory of two peers", () => {
  test("is refused to the second, which does not start, and the first goes on", async () => {
    const dataDir = testFolder();
    const peer = await startPeer({ name: "a", dataDir });
    const error = await errorOf(startPeer({ name: "b", dataDir }));
    expect(error.code).toBe("DATA_DIR_IN_USE");
    expect(error.message).toContain(dataDir);
    const other = await startPeer({ name: "c", seeds: [peer.address] });
    await eventually(() => expectAllSeeAll([peer, other]));
    await peer.stop();
    await startPeer({ name: "b", dataDir });
  });

  test("is given back by a peer that could not listen", async () => {
    const dataDir = testFolder();
    const address = await unusedAddress();
    await startPeer({ name: "a", address });
    const error = await errorOf(startPeer({ name: "b", address, dataDir }));
    expect(error.code).toBe("ADDRESS_IN_USE");
    await startPeer({ name: "b", dataDir });
  });
});

test("a peer that has stopped leaves the snapshot alone behind", async () => {
  const dataDir = testFolder();
  const peer = await startPeer({ dataDir });
  expect(existsSync(join(dataDir, "lock"))).toBe(true);
  await peer.leave();
  expect(readdirSync(dataDir)).toEqual(["snapshot.json"]);
});
