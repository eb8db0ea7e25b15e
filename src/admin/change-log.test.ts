import { expect, test } from "vitest";
import { ChangeLog } from "./change-log.js";

const NEVER = new AbortController().signal;

test("entries are read from a position on", () => {
  const log = new ChangeLog<string>("e", 10);
  for (const entry of ["a", "b", "c"]) log.append(entry);
  expect(log.since(1)).toEqual(["b", "c"]);
  expect(log.since(log.end)).toEqual([]);
});

test("as many entries are kept as asked for, the latest", () => {
  const log = new ChangeLog<number>("e", 10);
  for (let entry = 0; entry < 1_000; entry += 1) {
    log.append(entry);
    const kept = log.since(0);
    expect(kept).toHaveLength(Math.min(10, entry + 1));
    expect(kept.at(-1)).toBe(entry);
    expect(kept[0]).toBe(log.begin);
  }
});

test("a cursor is a position in its own log only", () => {
  const log = new ChangeLog<string>("e", 10);
  log.append("a");
  expect(log.positionOf(log.cursorOf(1))).toBe(1);
  for (const cursor of [
    "",
    "e",
    "e.",
    "e.-1",
    "e.x",
    "e.2",
    "f.1",
    "e.1.1",
    "e.99999999999999999",
  ]) {
    expect(log.positionOf(cursor), cursor).toBeUndefined();
  }
});

test("who waits is woken by an entry, by the close, and by an abort", async () => {
  const log = new ChangeLog<string>("e", 10);
  const woken = log.reaches(0, NEVER);
  log.append("a");
  await woken;
  const abort = new AbortController();
  const aborted = log.reaches(1, abort.signal);
  abort.abort();
  await aborted;
  const closed = log.reaches(1, NEVER);
  log.close();
  await closed;
  expect(log.isClosed).toBe(true);
});
