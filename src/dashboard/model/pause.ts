// Waiting that can be cut short: by whoever ends the work, and by the news that the agent is back.

const waiting = new Set<() => void>();

/** Resolves after `forMs`, or earlier when `signal` ends or {@link wakeAll} is called. */
export function pause(forMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      waiting.delete(done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, forMs);
    waiting.add(done);
    signal.addEventListener("abort", done);
    if (signal.aborted) done();
  });
}

/** Ends all waiting at once. */
export function wakeAll(): void {
  for (const done of [...waiting]) done();
}
