// The agents of the demo, all of which end with it.

import { createServer } from "node:net";
import { DEFAULT_ADMIN_ADDRESS } from "../admin/options.js";
import { CommandFailed } from "./command-failed.js";
import { DemoAgent } from "./demo-agent.js";

const ANY_FREE_PORT = "127.0.0.1:0";

/** The names of the agents; the first shows the dashboard, and the others join through it. */
export const NAMES = ["alice", "bob", "carol", "dave", "erin"] as const;

/** The name of an agent of the demo. */
export type Name = (typeof NAMES)[number];

const ROLES: Readonly<Record<Name, string>> = {
  alice: "gateway",
  bob: "web",
  carol: "web",
  dave: "store",
  erin: "queue",
};

/** The processes that play; by name, the latest of each. */
export class DemoCast {
  /** Those that ended too: a process is let go only once it has. */
  readonly #all = new Set<DemoAgent>();
  readonly #latest = new Map<Name, DemoAgent>();
  readonly #listeners = new Set<() => void>();
  #isOver = false;

  /** The latest process of that name. */
  get(name: Name): DemoAgent {
    const agent = this.#latest.get(name);
    if (agent === undefined) throw new Error(`${name} has not been started`);
    return agent;
  }

  /** All that were started, in the order of their names. */
  get agents(): readonly DemoAgent[] {
    return NAMES.flatMap((name) => this.#latest.get(name) ?? []);
  }

  /** Starts an agent, at its earlier address where it had one; resolves once it listens. */
  async start(name: Name, release: number): Promise<DemoAgent> {
    if (this.#isOver) throw new CommandFailed("the demo has ended: run it again");
    const before = this.#latest.get(name);
    const isFirst = name === NAMES[0];
    const agent = new DemoAgent({
      name,
      listen: before?.address ?? ANY_FREE_PORT,
      admin: isFirst ? await dashboardAddress() : ANY_FREE_PORT,
      seeds: isFirst ? [] : [this.get(NAMES[0]).address],
      metadata: { role: ROLES[name], release: String(release) },
      onChange: () => {
        for (const listener of this.#listeners) listener();
      },
    });
    this.#all.add(agent);
    this.#latest.set(name, agent);
    await agent.started;
    return agent;
  }

  /** Calls back at each change until the function that it returns is called. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tells all to leave, and waits until they have. */
  async leave(): Promise<void> {
    await Promise.all(this.agents.map((agent) => agent.leave()));
  }

  /** Ends all at once; none starts from now on. */
  kill(): void {
    this.#isOver = true;
    for (const agent of this.#all) agent.kill();
  }

  /** Ends all, and waits until no process is left. */
  async end(): Promise<void> {
    this.kill();
    await Promise.all(Array.from(this.#all, (agent) => agent.ended()));
  }
}

/** Where everybody looks for a dashboard, or a free port where somebody else is there. */
async function dashboardAddress(): Promise<string> {
  const [host, port] = DEFAULT_ADMIN_ADDRESS.split(":");
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(ANY_FREE_PORT));
    server.listen({ host, port: Number(port), exclusive: true }, () => {
      server.close(() => resolve(DEFAULT_ADMIN_ADDRESS));
    });
  });
}
