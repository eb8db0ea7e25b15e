import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createLogger } from "./log.js";
import { LogOutput, type LostLines, type WriteLine } from "./log-output.js";

const MAX_WAITING_BYTES = 1_048_576;

/** Lines that a reader has not taken yet. */
let waiting: { readonly line: string; readonly onEnd: Parameters<WriteLine>[1] }[] = [];
let lost: LostLines[] = [];
let output: LogOutput;

beforeEach(() => {
  waiting = [];
  lost = [];
  output = new LogOutput((line, onEnd) => waiting.push({ line, onEnd }));
  output.onLost = (some) => lost.push(some);
});
afterEach(() => {
  vi.useRealTimers();
});

/** The reader takes so many lines. */
function take(count: number): string[] {
  return waiting.splice(0, count).map(({ line, onEnd }) => {
    onEnd();
    return line;
  });
}

test("as many bytes wait for a reader as may, and what comes then is lost, and told of once there is room", () => {
  const line = "x".repeat(MAX_WAITING_BYTES / 4);
  for (let count = 0; count < 4; count += 1) output.write(line);
  expect(waiting).toHaveLength(4);
  for (let count = 0; count < 3; count += 1) output.write("y");
  expect(waiting).toHaveLength(4);
  take(1);
  expect(lost).toEqual([]);
  take(1);
  expect(lost).toEqual([{ count: 3, reason: "its reader is too slow" }]);
  output.write("z");
  expect(take(3).at(-1)).toBe("z");
  expect(lost).toHaveLength(1);
});

test("a line that cannot be written is lost, and told of once one can be", () => {
  output.write("a");
  waiting.shift()?.onEnd(new Error("ENOSPC: no space left on device"));
  output.write("b");
  expect(lost).toEqual([]);
  take(1);
  expect(lost).toEqual([{ count: 1, reason: "ENOSPC: no space left on device" }]);
});

test("the logger itself tells what was lost", () => {
  const logger = createLogger("json", "info", output);
  logger.info("a");
  waiting.shift()?.onEnd(new Error("EPIPE"));
  logger.info("b");
  take(1);
  expect(JSON.parse(take(1)[0] ?? "")).toMatchObject({
    level: 40,
    lost: 1,
    msg: "1 lines of the log were lost: EPIPE",
  });
});

test("a line for people is the time, the level, the address and the message", () => {
  createLogger("pretty", "info", output).info({ address: "a:1", other: 5 }, "listed b:1");
  expect(take(1)[0]).toMatch(/^\[\d\d:\d\d:\d\d\.\d{3}\] INFO: a:1 listed b:1\n$/);
});

test("the end waits for the reader, and no longer than it may", async () => {
  vi.useFakeTimers();
  await output.flush(1_000);
  output.write("a");
  let ends = 0;
  const onEnd = (): void => {
    ends += 1;
  };
  const first = output.flush(1_000).then(onEnd);
  await vi.advanceTimersByTimeAsync(999);
  expect(ends).toBe(0);
  await vi.advanceTimersByTimeAsync(1);
  await first;
  const second = output.flush(1_000).then(onEnd);
  take(1);
  await second;
  expect(ends).toBe(2);
});
