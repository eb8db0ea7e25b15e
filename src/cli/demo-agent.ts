// One agent of the demo: a process of its own, whose admin service says which members it lists, and what
// became of those that are gone.

import { type ChildProcessByStdio, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { GossipError } from "../core/errors.js";
import { type Member, MemberStatus } from "../gen/gossip/admin/v1/admin_pb.js";
import { follow } from "./admin-client.js";
import { valueText } from "./member-text.js";

const MAIN = fileURLToPath(new URL("./main.js", import.meta.url));
const STATUSES: ReadonlyMap<MemberStatus, DemoMember["status"]> = new Map([
  [MemberStatus.LIVE, "live"],
  [MemberStatus.SUSPECTED, "live"],
  [MemberStatus.FAILED, "failed"],
  [MemberStatus.LEFT, "left"],
]);
const PING_PERIOD = "200ms";
/** Half a second where nothing else runs; a machine that is busy has time too. */
const START_TIMEOUT_MS = 60_000;

/** The line of the agent's log that the demo reads: it has started. */
interface LogLine {
  readonly address: string;
  readonly admin?: string;
}

/** What an agent says of a member. */
export interface DemoMember {
  readonly status: "live" | "failed" | "left";
  readonly name: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** With what an agent is started. */
export interface DemoAgentSetup {
  readonly name: string;
  readonly listen: string;
  readonly admin: string;
  readonly seeds: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  /** Called when it has said something new, and when it has ended. */
  readonly onChange: () => void;
}

/** A process of the demo, as it is seen from outside. */
export class DemoAgent {
  readonly name: string;
  /** Resolves once it listens and has its dashboard; rejects when it could not. */
  readonly started: Promise<void>;
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #ended: Promise<void>;
  readonly #members = new Map<string, DemoMember>();
  readonly #onChange: () => void;
  #address = "";
  #admin = "";
  #lastWords = "";

  constructor(setup: DemoAgentSetup) {
    this.name = setup.name;
    this.#onChange = setup.onChange;
    this.#child = spawn(process.execPath, [MAIN, "agent", ...flagsOf(setup)], {
      stdio: ["ignore", "pipe", "pipe"],
      env: ownEnvironment(),
    });
    this.#ended = new Promise((resolve) => {
      this.#child.once("close", () => resolve());
    });
    this.#child.once("exit", this.#onChange);
    createInterface({ input: this.#child.stderr }).on("line", (line) => {
      this.#lastWords = line;
    });
    this.started = new Promise((resolve, reject) => this.#follow(resolve, reject));
  }

  /** What others dial. */
  get address(): string {
    return this.#address;
  }

  /** Where its admin service and its dashboard are, `host:port`. */
  get admin(): string {
    return this.#admin;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** What it knows, itself included, by address. */
  get members(): ReadonlyMap<string, DemoMember> {
    return this.#members;
  }

  /** Ends it without warning. */
  kill(): void {
    this.#child.kill("SIGKILL");
  }

  /** Tells it to leave, and waits until it has. */
  async leave(): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.#ended;
  }

  /** Resolves when its process has ended. */
  ended(): Promise<void> {
    return this.#ended;
  }

  /** Reads its log to the end; it has started when its admin service has. */
  #follow(resolve: () => void, reject: (error: GossipError) => void): void {
    const fail = (what: string): void => {
      this.kill();
      const words = this.#lastWords === "" ? "" : `: ${this.#lastWords}`;
      reject(new GossipError("LISTEN_FAILED", `the agent ${this.name} ${what}${words}`));
    };
    const inTime = `did not start within ${START_TIMEOUT_MS / 1_000} s; is this machine very busy?`;
    const timer = setTimeout(() => fail(inTime), START_TIMEOUT_MS);
    this.#child.once("error", (error) => {
      this.#lastWords ||= error.message;
    });
    // Its streams are closed by then, so that its last words are known.
    this.#child.once("close", (code) => {
      clearTimeout(timer);
      fail(`ended with ${code} as it started`);
    });
    createInterface({ input: this.#child.stdout }).on("line", (text) => {
      const line = JSON.parse(text) as LogLine;
      if (line.admin === undefined) return;
      this.#address = line.address;
      this.#admin = line.admin;
      clearTimeout(timer);
      resolve();
      this.#onChange();
      void this.#watch();
    });
  }

  /** Follows its list, until it ends. */
  async #watch(): Promise<void> {
    const flags = { admin: this.#admin, timeout: START_TIMEOUT_MS };
    try {
      const answers = follow(flags, (client, options) => client.watchMembers({}, options));
      for await (const { kind } of answers) {
        for (const member of kind.value?.members ?? []) this.#onMember(member);
        this.#onChange();
      }
    } catch {
      // It has ended, as the story wants it.
    }
  }

  #onMember({ address, status, info }: Member): void {
    const known = STATUSES.get(status);
    if (known === undefined) return;
    const entries = Object.entries(info?.metadata ?? {});
    const metadata = Object.fromEntries(entries.map(([key, value]) => [key, valueText(value)]));
    this.#members.set(address, { status: known, name: info?.name ?? "", metadata });
  }
}

function flagsOf({ name, listen, admin, seeds, metadata }: DemoAgentSetup): readonly string[] {
  const addresses = ["--listen", listen, "--admin", admin];
  const pairs = Object.entries(metadata).flatMap(([key, value]) => [
    "--metadata",
    `${key}=${value}`,
  ]);
  return [
    ...["--name", name, "--ping-period", PING_PERIOD],
    ...["--log-format", "json", "--log-level", "info"],
    ...addresses,
    ...seeds.flatMap((seed) => ["--seed", seed]),
    ...pairs,
  ];
}

/** Without the settings that are meant for agents of the user's own. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env);
  return Object.fromEntries(entries.filter(([name]) => !name.startsWith("GOSSIP_")));
}
