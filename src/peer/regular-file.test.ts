import { execFileSync } from "node:child_process";
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import type * as promises from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { leaveSocket, makePipe, testFolder } from "../../test/support/folder.js";
import { readRegularFile, replaceRegularFile } from "./regular-file.js";

const MAX_BYTES = 100_000;
const FOLLOWING = { maxBytes: MAX_BYTES, followsLinks: true };
const NOT_FOLLOWING = { maxBytes: MAX_BYTES, followsLinks: false };

/** What a system does that another one does not. */
const system = vi.hoisted(() => ({
  /** Put in place between the look and the opening. */
  onLooked: (): void => {},
  flushError: undefined as string | undefined,
}));
vi.mock("node:fs/promises", async (importOriginal) => {
  const original = await importOriginal<typeof promises>();
  const looking =
    (look: typeof original.stat) =>
    async (path: string): Promise<unknown> => {
      const stats = await look(path);
      system.onLooked();
      return stats;
    };
  return {
    ...original,
    stat: looking(original.stat),
    lstat: looking(original.lstat),
    open: async (...given: Parameters<typeof original.open>) => {
      const file = await original.open(...given);
      const code = system.flushError;
      if (code !== undefined)
        file.sync = () => Promise.reject(Object.assign(new Error(code), { code }));
      return file;
    },
  };
});

afterEach(() => {
  system.onLooked = () => {};
  system.flushError = undefined;
});

/** A folder with one of each kind that is no regular file. */
async function folderOfKinds() {
  const folder = testFolder();
  const at = (name: string): string => join(folder, name);
  makePipe(at("pipe"));
  mkdirSync(at("directory"));
  await leaveSocket(at("socket"));
  writeFileSync(at("file"), "text");
  writeFileSync(at("other"), "of another");
  symlinkSync(at("file"), at("link"));
  symlinkSync(at("pipe"), at("link-to-pipe"));
  return at;
}

describe("reading", () => {
  test("gives as many bytes as there may be, and none of a file with one more", async () => {
    const path = join(testFolder(), "file");
    writeFileSync(path, "x");
    truncateSync(path, MAX_BYTES);
    const reading = await readRegularFile(path, FOLLOWING);
    expect(reading.type === "read" && reading.bytes.length).toBe(MAX_BYTES);
    truncateSync(path, MAX_BYTES + 1);
    const fault = `is larger than ${MAX_BYTES} bytes`;
    expect(await readRegularFile(path, FOLLOWING)).toEqual({ type: "unfit", fault });
    expect(await readRegularFile(path, { ...FOLLOWING, maxBytes: 1_048_576 })).toHaveProperty(
      "bytes",
    );
  });

  test("counts what comes, and does not believe what the file says of its size", async () => {
    expect(statSync("/proc/self/maps").size).toBe(0);
    const reading = await readRegularFile("/proc/self/maps", { ...FOLLOWING, maxBytes: 1_000 });
    expect(reading).toEqual({ type: "unfit", fault: "is larger than 1000 bytes" });
  });

  test("neither waits for what is no regular file, nor opens it", async () => {
    const at = await folderOfKinds();
    symlinkSync("/dev/zero", at("link-to-device"));
    for (const [name, kind] of [
      ["pipe", "a pipe"],
      ["directory", "a directory"],
      ["socket", "a socket"],
      ["link-to-pipe", "a pipe"],
      ["link-to-device", "a device"],
    ] as const) {
      const fault = `is ${kind}, and no regular file`;
      expect(await readRegularFile(at(name), FOLLOWING)).toEqual({ type: "unfit", fault });
    }
  });

  test("follows a link where it may, and only there", async () => {
    const at = await folderOfKinds();
    expect(await readRegularFile(at("link"), FOLLOWING)).toHaveProperty(
      "bytes",
      Buffer.from("text"),
    );
    const fault = "is a symbolic link, and no regular file";
    for (const name of ["link", "link-to-pipe"]) {
      expect(await readRegularFile(at(name), NOT_FOLLOWING)).toEqual({ type: "unfit", fault });
    }
  });

  test("is not deceived by what is put in the place of a file that was looked at", async () => {
    for (const rule of [FOLLOWING, NOT_FOLLOWING]) {
      const at = await folderOfKinds();
      system.onLooked = () => execFileSync("mv", [at("pipe"), at("file")]);
      const reading = await readRegularFile(at("file"), rule);
      expect(reading).toEqual({ type: "unfit", fault: "is a pipe, and no regular file" });
    }
    const at = await folderOfKinds();
    system.onLooked = () => execFileSync("ln", ["-sf", at("other"), at("file")]);
    await expect(readRegularFile(at("file"), NOT_FOLLOWING)).rejects.toMatchObject({
      code: "ELOOP",
    });
  });

  test("rejects with the system's error where there is nothing", async () => {
    const missing = join(testFolder(), "missing");
    await expect(readRegularFile(missing, FOLLOWING)).rejects.toMatchObject({ code: "ENOENT" });
  });
});

describe("replacing", () => {
  test("makes a file, and puts another in its place, with no more rights than that", async () => {
    const folder = testFolder();
    const path = join(folder, "file");
    expect(await replaceRegularFile(path, "one", 0o600)).toBe(true);
    const { ino } = statSync(path);
    expect(await replaceRegularFile(path, "two", 0o600)).toBe(true);
    expect(readFileSync(path, "utf8")).toBe("two");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(path).ino).not.toBe(ino);
    expect(readdirSync(folder)).toEqual(["file"]);
  });

  test.each([
    ["link", "a symbolic link"],
    ["link-to-pipe", "a symbolic link"],
    ["pipe", "a pipe"],
    ["directory", "a directory"],
    ["socket", "a socket"],
  ])("leaves what is no regular file as it is: a %s", async (name, kind) => {
    const at = await folderOfKinds();
    const before = lstatSync(at(name));
    const fault = `${at(name)} is ${kind}, and no regular file: it is left as it is`;
    await expect(replaceRegularFile(at(name), "new", 0o600)).rejects.toThrow(fault);
    expect(lstatSync(at(name))).toMatchObject({ ino: before.ino, mode: before.mode });
    expect(readFileSync(at("file"), "utf8")).toBe("text");
  });

  test("writes through no link that is put in place meanwhile", async () => {
    const at = await folderOfKinds();
    system.onLooked = () => execFileSync("ln", ["-sf", at("link"), at("new")]);
    await replaceRegularFile(at("new"), "new", 0o600);
    expect(lstatSync(at("new")).isFile()).toBe(true);
    expect(readFileSync(at("file"), "utf8")).toBe("text");
    expect(readlinkSync(at("link"))).toBe(at("file"));
  });

  test("leaves nothing behind where it fails", async () => {
    const folder = testFolder();
    const path = join(folder, "file");
    writeFileSync(path, "old");
    system.flushError = "EIO";
    await expect(replaceRegularFile(path, "new", 0o600)).rejects.toMatchObject({ code: "EIO" });
    expect(readdirSync(folder)).toEqual(["file"]);
    expect(readFileSync(path, "utf8")).toBe("old");
  });

  test.each(["ERR_ACCESS_DENIED", "EINVAL", "ENOSYS", "ENOTSUP", "EOPNOTSUPP"])(
    "goes on, and says so, where the system does not flush: %s",
    async (code) => {
      const path = join(testFolder(), "file");
      system.flushError = code;
      expect(await replaceRegularFile(path, "new", 0o600)).toBe(false);
      expect(readFileSync(path, "utf8")).toBe("new");
    },
  );
});
