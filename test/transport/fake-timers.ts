// Time as a test says, for what gRPC or we do after a long while.

import { onTestFinished, vi } from "vitest";
import { renewTimers } from "../../src/transport/platform-timers.js";

/** Timers made from now on run when the test says so; those of gRPC and of ours among them. */
export function useFakeTimers(): void {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
  // Ours are those of the platform, whatever a test puts in their place.
  renewTimers();
  onTestFinished(() => {
    vi.useRealTimers();
    renewTimers();
  });
}
