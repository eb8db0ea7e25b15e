import { expect, test } from "vitest";
import { RecordingLogger } from "../../test/support/recording-logger.js";
import { CollapsedLog, MAX_REPEATING, REPEAT_WINDOW_MS, REPEATS_WRITTEN } from "./collapsed-log.js";

function started() {
  const logger = new RecordingLogger();
  const clock = { nowMs: 5_000 };
  return { logger, clock, log: new CollapsedLog(logger, () => clock.nowMs) };
}

test("the first lines of one kind are written, and of the others it is told once, with the last of them", () => {
  const { logger, clock, log } = started();
  for (let each = 1; each <= 217; each += 1) log.warn({ each }, "refused", "refusal");
  expect(logger.messages).toEqual(Array(REPEATS_WRITTEN).fill("refused"));
  clock.nowMs += REPEAT_WINDOW_MS;
  log.debug({}, "something else");
  expect(logger.messages.slice(REPEATS_WRITTEN)).toEqual([
    "… 214 more in 60 s: refused",
    "something else",
  ]);
  expect(logger.lines[REPEATS_WRITTEN]).toMatchObject({
    level: "warn",
    fields: { each: 217, repeats: 214 },
  });
});

test("what comes after the time is over is written again", () => {
  const { logger, clock, log } = started();
  for (let minute = 0; minute < 4; minute += 1) {
    log.info({}, "listed");
    clock.nowMs += REPEAT_WINDOW_MS;
  }
  expect(logger.messages).toEqual(Array(4).fill("listed"));
});

test("lines of different kinds and levels are counted apart", () => {
  const { logger, log } = started();
  for (let each = 0; each < REPEATS_WRITTEN; each += 1) {
    log.info({}, "a");
    log.info({}, "b");
    log.error({}, "a");
  }
  expect(logger.lines).toHaveLength(3 * REPEATS_WRITTEN);
});

test("what is left is told at the end", () => {
  const { logger, clock, log } = started();
  for (let each = 0; each < REPEATS_WRITTEN + 2; each += 1) log.error({}, "broken");
  clock.nowMs += 7_000;
  log.tellRepeats();
  log.tellRepeats();
  expect(logger.messages.slice(REPEATS_WRITTEN)).toEqual(["… 2 more in 7 s: broken"]);
});

test("of more kinds than are counted the oldest is told of before its time", () => {
  const { logger, log } = started();
  for (let each = 0; each <= REPEATS_WRITTEN; each += 1) log.warn({}, "oldest");
  for (let kind = 1; kind < MAX_REPEATING; kind += 1) log.warn({}, `kind ${kind}`);
  expect(logger.messages.some((message) => message.startsWith("…"))).toBe(false);
  log.warn({}, "one more");
  expect(logger.messages.filter((message) => message.startsWith("…"))).toEqual([
    "… 1 more in 0 s: oldest",
  ]);
});
