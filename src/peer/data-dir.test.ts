import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { leaveSocket, makePipe, testFolder } from "../../test/support/folder.js";
import { errorCodeOf } from "../../test/support/peers.js";
import { useFakeTimers } from "../../test/transport/fake-timers.js";
import { DataDir, MAX_KEPT_ASIDE } from "./data-dir.js";

const MAX_BYTES = 1_000;

async function openDir(path: string): Promise<DataDir> {
  const dir = new DataDir(path, MAX_BYTES);
  onTestFinished(() => dir.close());
  await dir.open();
  return dir;
}

describe("the snapshot", () => {
  test("is not there at first, and then what was written last", async () => {
    const dir = await openDir(join(testFolder(), "made", "as needed"));
    expect(await dir.read()).toEqual({ type: "none" });
    await dir.write("one");
    await dir.write("two");
    expect(await dir.read()).toEqual({ type: "text", text: "two" });
  });

  test("and its directory are for this user alone", async () => {
    const path = join(testFolder(), "data");
    const dir = await openDir(path);
    await dir.write("text");
    expect(statSync(path).mode & 0o777).toBe(0o700);
    expect(statSync(dir.file).mode & 0o777).toBe(0o600);
  });

  test("is read up to a size, and not at all beyond it", async () => {
    const dir = await openDir(testFolder());
    await dir.write("x");
    truncateSync(dir.file, MAX_BYTES);
    expect(await dir.read()).toEqual({ type: "text", text: "x".padEnd(MAX_BYTES, "\0") });
    truncateSync(dir.file, MAX_BYTES + 1);
    expect(await dir.read()).toEqual({ type: "unfit", fault: "is larger than 1000 bytes" });
  });
});

describe("what stands in the place of the snapshot and is no file", () => {
  const MAKERS: Readonly<Record<string, (path: string, other: string) => void>> = {
    "a symbolic link": (path, other) => symlinkSync(other, path),
    "a pipe": (path) => makePipe(path),
    "a directory": (path) => mkdirSync(path),
  };

  test.each(Object.entries(MAKERS))(
    "is not read, not written, and kept aside as it is: %s",
    async (kind, make) => {
      const folder = testFolder();
      const other = join(testFolder(), "other");
      writeFileSync(other, "of another");
      const dir = await openDir(folder);
      make(dir.file, other);
      const fault = `is ${kind}, and no regular file`;
      expect(await dir.read()).toEqual({ type: "unfit", fault });
      await expect(dir.write("text")).rejects.toThrow(`${dir.file} ${fault}`);
      const { ino } = lstatSync(dir.file);
      expect(lstatSync(await dir.keepAside()).ino).toBe(ino);
      await dir.write("text");
      expect(await dir.read()).toEqual({ type: "text", text: "text" });
      expect(readFileSync(other, "utf8")).toBe("of another");
    },
  );
});

describe("what is kept aside", () => {
  test("is as much as is allowed, and then the oldest makes room", async () => {
    const folder = testFolder();
    const dir = await openDir(folder);
    for (let number = 1; number <= MAX_KEPT_ASIDE + 1; number += 1) {
      await dir.write(`text ${number}`);
      const aside = await dir.keepAside();
      // Apart by more than the clock of any file system tells.
      utimesSync(aside, number * 10, number * 10);
    }
    const asides = readdirSync(folder).filter((name) => name.includes("aside"));
    expect(asides).toHaveLength(MAX_KEPT_ASIDE);
    const texts = asides.map((name) => readFileSync(join(folder, name), "utf8"));
    expect(texts.sort()).toEqual(["text 2", "text 3", "text 4", "text 5", "text 6"]);
    expect(await dir.read()).toEqual({ type: "none" });
  });
});

describe("opening", () => {
  test("clears away the temporary files of a crash, and nothing else", async () => {
    const folder = testFolder();
    for (const name of ["snapshot.json.123", "snapshot.json.aside-1", "notes"]) {
      writeFileSync(join(folder, name), "");
    }
    await openDir(folder);
    expect(readdirSync(folder).sort()).toEqual(["lock", "notes", "snapshot.json.aside-1"]);
  });

  test("is refused to a second one until the first has closed", async () => {
    const folder = testFolder();
    const first = await openDir(folder);
    expect(await errorCodeOf(new DataDir(folder, MAX_BYTES).open())).toBe("DATA_DIR_IN_USE");
    await first.close();
    await openDir(folder);
  });

  test("is given to exactly one of many that ask at once", async () => {
    const folder = testFolder();
    const opened = await Promise.allSettled(Array.from({ length: 8 }, () => openDir(folder)));
    expect(opened.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  test("takes over the socket of a process that is no more", async () => {
    const folder = testFolder();
    await leaveSocket(join(folder, "lock"));
    await openDir(folder);
    expect(await errorCodeOf(new DataDir(folder, MAX_BYTES).open())).toBe("DATA_DIR_IN_USE");
  });

  test("takes it over too where another was killed while it did", async () => {
    const folder = testFolder();
    await leaveSocket(join(folder, "lock"));
    await leaveSocket(join(folder, "lock.turn"));
    await openDir(folder);
    expect(readdirSync(folder)).toEqual(["lock"]);
  });

  test("gives the socket of one that is no more to exactly one of many", async () => {
    const folder = testFolder();
    await leaveSocket(join(folder, "lock"));
    const opened = await Promise.allSettled(Array.from({ length: 8 }, () => openDir(folder)));
    expect(opened.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(readdirSync(folder)).toEqual(["lock"]);
  });

  test("takes over a socket that nobody listens on for 75 ms, and not one sooner", async () => {
    const folder = testFolder();
    const lock = join(folder, "lock");
    useFakeTimers();
    for (const listensAfterMs of [75, 50]) {
      await leaveSocket(lock);
      const opening = openDir(folder);
      for (let passedMs = 0; passedMs < listensAfterMs; passedMs += 25) {
        while (vi.getTimerCount() === 0) await nextTurn();
        vi.advanceTimersByTime(25);
      }
      if (listensAfterMs === 75) {
        await (await opening).close();
        continue;
      }
      while (vi.getTimerCount() === 0) await nextTurn();
      unlinkSync(lock);
      const other = createServer().listen(lock);
      onTestFinished(() => void other.close());
      vi.advanceTimersByTime(25);
      expect(await errorCodeOf(opening)).toBe("DATA_DIR_IN_USE");
    }
  });

  test("leaves alone what is no lock in its place, and says what to do", async () => {
    const folder = testFolder();
    const elsewhere = testFolder();
    await openDir(elsewhere);
    const path = join(folder, "lock");
    symlinkSync(join(elsewhere, "lock"), path);
    const message = `${path} is no lock of a peer, and in its place: remove it`;
    await expect(new DataDir(folder, MAX_BYTES).open()).rejects.toThrow(message);
    unlinkSync(path);
    writeFileSync(path, "of somebody else");
    await expect(new DataDir(folder, MAX_BYTES).open()).rejects.toThrow(message);
    expect(readFileSync(path, "utf8")).toBe("of somebody else");
  });

  test("fails with the system's error where there can be no directory", async () => {
    const path = join(testFolder(), "file");
    writeFileSync(path, "");
    await expect(new DataDir(path, MAX_BYTES).open()).rejects.toMatchObject({ code: "EEXIST" });
  });
});
