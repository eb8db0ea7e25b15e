// An agent as a process of its own, with its log.

import { once } from "node:events";
import { createInterface } from "node:readline";
import { type CommandSetup, startGossip } from "./command.js";
import { eventually } from "./eventually.js";

/** A line of its log. */
type LogLine = Readonly<Record<string, unknown>> & { readonly msg: string };

/** A running agent. */
export interface TestAgent extends AsyncDisposable {
  readonly address: string;
  /** Where its admin service listens. */
  readonly admin: string;
  readonly log: readonly LogLine[];
  signal(name: NodeJS.Signals): void;
  /** Waits for a line of the log with that text. */
  says(text: string | RegExp): Promise<LogLine>;
  /** Waits until it has ended; gives its exit code. */
  ended(): Promise<number | null>;
}

/** Starts an agent on free ports, and waits until both of its services listen. */
export async function startAgent(
  flags: readonly string[] = [],
  setup: CommandSetup = {},
): Promise<TestAgent> {
  const ports = ["--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--log-format", "json"];
  const child = startGossip(["agent", ...ports, ...flags], setup);
  const log: LogLine[] = [];
  const stray: string[] = [];
  const exited = once(child, "exit") as Promise<[number | null]>;
  createInterface({ input: child.stdout }).on("line", (line) => {
    log.push(JSON.parse(line) as LogLine);
  });
  createInterface({ input: child.stderr }).on("line", (line) => stray.push(line));
  const says = (text: string | RegExp): Promise<LogLine> =>
    eventually(() => {
      const found = log.find(({ msg }) => (text instanceof RegExp ? text.test(msg) : msg === text));
      if (found !== undefined) return found;
      throw new Error(`the agent has not said ${text}: ${JSON.stringify([...log, ...stray])}`);
    });
  try {
    const { address, admin } = await says(/^admin service on /);
    return {
      address: String(address),
      admin: String(admin),
      log,
      says,
      signal: (name) => child.kill(name),
      ended: async () => (await exited)[0],
      async [Symbol.asyncDispose]() {
        child.kill("SIGKILL");
        await exited;
      },
    };
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
}
