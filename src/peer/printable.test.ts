import { expect, test } from "vitest";
import { RecordingLogger } from "../../test/support/recording-logger.js";
import { Callbacks } from "./callbacks.js";
import { printable } from "./printable.js";

const FORGED = "x\n[12:00:00.000] \u001b[32mINFO\u001b[39m: forged";

test("text of others cannot steer the terminal, nor turn the line around", () => {
  expect(printable("a\u001b[31m\r\n\u009bb\u202ec")).toBe(
    "a\\u001b[31m\\u000d\\u000a\\u009bb\\u202ec",
  );
  expect(printable("Zoë 東京 🐢")).toBe("Zoë 東京 🐢");
});

test("no logger is given a message with a line of its own in it", () => {
  const kept = new RecordingLogger();
  const logger = new Callbacks().logger(kept);
  for (const level of ["debug", "info", "warn", "error"] as const) logger[level]({}, FORGED);
  expect(kept.messages).toEqual(Array(4).fill(printable(FORGED)));
});
