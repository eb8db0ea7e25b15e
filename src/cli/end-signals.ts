// SIGINT and SIGTERM: the first asks an agent to end, and the second has it end at once.

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** Listens to both from now on: without it, a signal ends the process without a word. */
export class EndSignals {
  /** The name of the first one. */
  readonly first: Promise<NodeJS.Signals>;
  readonly #onSignal: (signal: NodeJS.Signals) => void;

  constructor(onSecond: (signal: NodeJS.Signals) => void) {
    let onFirst: ((signal: NodeJS.Signals) => void) | undefined;
    this.first = new Promise((resolve) => {
      onFirst = resolve;
    });
    this.#onSignal = (signal) => {
      const tell = onFirst ?? onSecond;
      onFirst = undefined;
      tell(signal);
    };
    for (const name of SIGNALS) process.on(name, this.#onSignal);
  }

  /** From now on a signal ends the process as the system has it, whatever that waits for. */
  release(): void {
    for (const name of SIGNALS) process.off(name, this.#onSignal);
  }
}
