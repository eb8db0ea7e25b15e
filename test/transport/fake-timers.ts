// Time as a test says, for what gRPC or we do after a long while.

import { onTestFinished, vi } from "vitest";

/** Timers made from now on run when the test says so; those of gRPC and of Node's own among them. */
export function useFakeTimers(): void {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
}
