// An agent on a host of its own: the built command, asked through its admin service, which a socket in
// the file system leads to, past the network of the hosts and whatever has happened to it.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Client, createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import {
  AdminService,
  type Event,
  type Member,
} from "../../../src/gen/gossip/admin/v1/admin_pb.js";
import type { Host } from "./network.js";

const MAIN = fileURLToPath(new URL("../../../dist/cli/main.js", import.meta.url));
const ADMIN = "127.0.0.1:7980";
/** How many of an agent's events are read that came before its reader. */
const EVENTS_BEFORE = 1_000;
const ASK_TIMEOUT_MS = 5_000;

/** How an agent is started. */
export interface AgentSetup {
  readonly host: Host;
  /** Where it listens, and is dialled. */
  readonly ip: string;
  readonly seeds: readonly string[];
  /** Where its log and its socket are. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly flags: readonly string[];
  readonly onEvent: (event: Event) => void;
}

/** A running agent. */
export class FaultAgent implements AsyncDisposable {
  readonly #setup: AgentSetup;
  readonly #socket: string;
  readonly #log: string;
  readonly #client: Client<typeof AdminService>;
  readonly #reading = new AbortController();
  #process: ChildProcess | undefined;
  #road: ChildProcess | undefined;

  constructor(setup: AgentSetup) {
    this.#setup = setup;
    this.#socket = join(setup.folder, `${setup.host.name}.sock`);
    this.#log = join(setup.folder, `${setup.host.name}.log`);
    const nodeOptions = { socketPath: this.#socket };
    this.#client = createClient(
      AdminService,
      createConnectTransport({ baseUrl: "http://localhost", httpVersion: "1.1", nodeOptions }),
    );
  }

  /** Starts it; its admin service answers some time after that. */
  start(): void {
    const { host, ip, seeds, env, flags } = this.#setup;
    const log = openSync(this.#log, "a");
    const settings = ["--listen", `${ip}:7946`, "--admin", ADMIN, "--name", host.name];
    const dialled = seeds.flatMap((seed) => ["--seed", seed]);
    this.#process = spawn(
      "ip",
      [
        "netns",
        "exec",
        host.namespace,
        process.execPath,
        MAIN,
        "agent",
        "--log-format",
        "json",
      ].concat(settings, dialled, flags),
      { stdio: ["ignore", log, log], env: { ...process.env, ...env } },
    );
    closeSync(log);
    this.#road = spawn(
      "ip",
      ["netns", "exec", host.namespace, "socat"].concat(
        `UNIX-LISTEN:${this.#socket},fork,unlink-early`,
        `TCP:${ADMIN}`,
      ),
      { stdio: "ignore" },
    );
  }

  /** Reads its events until it ends. */
  follow(): void {
    const { onEvent } = this.#setup;
    const read = async (): Promise<void> => {
      const { signal } = this.#reading;
      const events = this.#client.watchEvents({ cursor: "", latest: EVENTS_BEFORE }, { signal });
      for await (const { event } of events) if (event !== undefined) onEvent(event);
    };
    // The stream breaks when the agent is killed: that is what is tested.
    read().catch(() => undefined);
  }

  signal(name: NodeJS.Signals): void {
    this.#process?.kill(name);
  }

  /** Resolves once the process has ended. */
  async ended(): Promise<void> {
    const child = this.#process;
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      await once(child, "exit");
    }
  }

  /** All members that it knows. */
  async members(): Promise<readonly Member[]> {
    return (await this.#client.listMembers({}, { timeoutMs: ASK_TIMEOUT_MS })).members;
  }

  /** What it has logged, in this boot and those before. */
  log(): Promise<string> {
    return readFile(this.#log, "utf8");
  }

  /** Changes one key of its metadata. */
  async setText(key: string, text: string): Promise<void> {
    const metadata = { [key]: { kind: { case: "text" as const, value: text } } };
    await this.#client.setInfo({ metadata }, { timeoutMs: ASK_TIMEOUT_MS });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#reading.abort();
    this.#road?.kill("SIGKILL");
    this.signal("SIGKILL");
    await this.ended();
  }
}
