// When a snapshot is written, and when the clock is worth a warning: by a clock and timers of the test's
// own. What is in it, and what becomes of a peer by it, is tested elsewhere.

import { expect, onTestFinished, test, vi } from "vitest";
import { eventually } from "../../test/support/eventually.js";
import { testFolder } from "../../test/support/folder.js";
import { RecordingLogger } from "../../test/support/recording-logger.js";
import { DEFAULT_LIMITS } from "../core/limits.js";
import { DataDir } from "./data-dir.js";
import { SnapshotKeeper } from "./snapshot-keeper.js";

const SAVE_DELAY_MS = 1_000;
const SAVE_PERIOD_MS = 60_000;
const CLOCK_WARNING_MS = 60_000;
const WALL_CLOCK_MS = Date.UTC(2030, 0, 1);
const OWN = "127.0.0.1:7946";

/** A keeper of that folder, what it logs, and the timer that it waits for. */
async function openKeeper(dataDir: string, wallClockMs = WALL_CLOCK_MS) {
  const logger = new RecordingLogger();
  const timers: { readonly delayMs: number; run(): void }[] = [];
  const environment = {
    now: () => 0,
    wallClockMs: () => wallClockMs,
    setTimer: (run: () => void, delayMs: number) => {
      const timer = { delayMs, run };
      timers.push(timer);
      return () => void timers.splice(timers.indexOf(timer), 1);
    },
  };
  const keeper = new SnapshotKeeper({
    dataDir,
    options: { cluster: "", limits: DEFAULT_LIMITS, logger },
    environment,
  });
  onTestFinished(() => keeper.close());
  const beginning = await keeper.open();
  return { keeper, beginning, logger, timers };
}

test("what changed is written a second later, and what did not once a minute", async () => {
  const { keeper, beginning, timers } = await openKeeper(testFolder());
  const { generation, version } = beginning;
  await keeper.begin(OWN, beginning);
  keeper.keep(() => ({ generation, version, savedAt: generation, members: [] }));
  const delays = () => timers.map(({ delayMs }) => delayMs);
  expect(delays()).toEqual([SAVE_PERIOD_MS]);
  keeper.onChange();
  keeper.onChange();
  expect(delays()).toEqual([SAVE_DELAY_MS]);
  expect(keeper.figures.snapshotsWritten).toBe(1);
  timers.shift()?.run();
  expect(delays()).toEqual([SAVE_PERIOD_MS]);
  await eventually(() => expect(keeper.figures.snapshotsWritten).toBe(2));
});

test("a system that does not flush is told of once, and written to", async () => {
  vi.spyOn(DataDir.prototype, "write").mockResolvedValue(false);
  onTestFinished(() => void vi.restoreAllMocks());
  const { keeper, beginning, logger } = await openKeeper(testFolder());
  await keeper.begin(OWN, beginning);
  await keeper.begin(OWN, beginning);
  expect(keeper.figures).toMatchObject({ snapshotsWritten: 2, snapshotsFailed: 0 });
  expect(logger.messages).toEqual([expect.stringContaining("cannot be flushed to the disk")]);
});

test.each([
  ["as far behind as it may be is not", CLOCK_WARNING_MS, 0],
  ["a millisecond further behind is", CLOCK_WARNING_MS + 1, 1],
])("a clock that is %s worth a warning", async (_, behindMs, warnings) => {
  const dataDir = testFolder();
  const before = await openKeeper(dataDir);
  await before.keeper.begin(OWN, before.beginning);
  await before.keeper.close();
  // The next boot is a new generation, one above that of the last.
  const { logger } = await openKeeper(dataDir, WALL_CLOCK_MS + 1 - behindMs);
  expect(logger.messages.filter((message) => message.startsWith("the clock is"))).toHaveLength(
    warnings,
  );
});
