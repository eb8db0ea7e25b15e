// The examples of docs/SIMULATOR.md run, and print what they are there to show.

import { expect, test, vi } from "vitest";

test("examples/simulated-application.ts: an application on a simulated cluster", async () => {
  const log = vi.spyOn(console, "log").mockReturnValue(undefined);
  try {
    await import("../../examples/simulated-application.js");
    const lines = log.mock.calls.map((words) => words.join(" "));
    expect(lines).toEqual([
      "after the start, all follow 10.0.0.1:7946",
      "in a partition, each side has its own: 10.0.0.1:7946 and 10.0.0.3:7946",
      "healed, all follow 10.0.0.1:7946",
      "without the first, the others follow 10.0.0.2:7946",
      expect.stringMatching(/^changes of leader: /),
      expect.stringMatching(/^the same at every run: trace [0-9a-f]{16}$/),
    ]);
  } finally {
    log.mockRestore();
  }
});

test("examples/checked-application.ts: a bug of an application, found by the checkers", async () => {
  const log = vi.spyOn(console, "log").mockReturnValue(undefined);
  try {
    await import("../../examples/checked-application.js");
    const lines = log.mock.calls.map((words) => words.join(" "));
    expect(lines).toEqual([
      "violations while nothing is written: 0",
      "violations after one update: true",
      expect.stringMatching(/^rest: 10\.0\.0\.\d:7946, at rest for 20 s: many messages, at most /),
    ]);
  } finally {
    log.mockRestore();
  }
});
