// A host whose members are agents, each a process: what they notice is read from their logs, and what
// is asked of them goes through their own commands and signals.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { Child, type Host, type Place } from "./host.js";
import type { HostAnswer, HostRequest } from "./messages.js";
import { Views } from "./views.js";

/** What a line of an agent's log tells. */
export interface Told {
  readonly type: "started" | "listed" | "updated" | "gone";
  /** The member that it is about; of `started`, the agent itself. */
  readonly member: number;
}

/** How the agents of a contender are run. */
export interface AgentKind {
  /** The command of an agent; without a seed where it is the seed itself. */
  run(member: number, port: number, seedPort: number | undefined): readonly string[];
  /** The command that changes what an agent says of itself. */
  update(member: number, port: number, value: string): readonly string[];
  /** Reads a line of the agent's log; `basePort` is the port of member 0. */
  read(line: string, member: number, basePort: number): Told | undefined;
}

interface Agent {
  readonly child: Child;
  readonly port: number;
}

/** Agents of one contender. */
export class AgentHost implements Host {
  readonly #place: Place;
  readonly #kind: AgentKind;
  readonly #views = new Views();
  readonly #agents = new Map<number, Agent>();
  readonly #ownUpdates = new Map<number, () => void>();
  #updates = 0;

  constructor(place: Place, kind: AgentKind) {
    this.#place = place;
    this.#kind = kind;
  }

  get pids(): readonly number[] {
    return Array.from(this.#agents.values(), ({ child }) => child.pid);
  }

  async ask(request: HostRequest): Promise<Omit<HostAnswer, "id">> {
    switch (request.type) {
      case "start":
        await this.#startAll(request);
        return {};
      case "update":
        await this.#update(request.member);
        return {};
      case "leave":
        await this.#leave(request.member);
        return {};
      case "await-listed":
      case "await-updated":
      case "await-gone":
        await this.#views.met(request);
        return {};
      case "gones":
        return { gones: this.#views.gones() };
      default:
        return request satisfies never;
    }
  }

  kill(): void {
    for (const { child } of this.#agents.values()) child.kill();
  }

  async #startAll(request: Extract<HostRequest, { type: "start" }>): Promise<void> {
    const { first, count, port, seed } = request;
    const members = Array.from({ length: count }, (_, index) => first + index);
    const start = (member: number): Promise<void> =>
      this.#start(member, port, member === seed ? undefined : port + seed);
    if (members.includes(seed)) await start(seed);
    await Promise.all(members.filter((member) => member !== seed).map(start));
  }

  /** Resolves once the agent says that it runs. */
  #start(member: number, basePort: number, seedPort: number | undefined): Promise<void> {
    const port = basePort + member;
    const command = this.#kind.run(member, port, seedPort);
    const child = new Child(this.#place, command, ["ignore", "pipe", "inherit"]);
    this.#agents.set(member, { child, port });
    this.#views.add(member);
    const { stdout } = child.process;
    if (stdout === null) throw new Error("the agent has no output");
    return new Promise((resolve) => {
      createInterface({ input: stdout }).on("line", (line) => {
        const told = this.#kind.read(line, member, basePort);
        if (told?.type === "started") resolve();
        else if (told !== undefined) this.#take(member, told);
      });
    });
  }

  #take(observer: number, { type, member }: Told): void {
    if (type === "listed") this.#views.listed(observer, member);
    if (type === "gone") this.#views.gone(observer, member);
    if (type !== "updated") return;
    if (observer === member) this.#ownUpdates.get(member)?.();
    this.#views.updated(observer, member);
  }

  /** Resolves when the agent itself tells of it: how long its command takes to start is not news. */
  #update(member: number): Promise<void> {
    this.#updates += 1;
    const [file = "", ...argv] = this.#kind.update(
      member,
      this.#agent(member).port,
      String(this.#updates),
    );
    const options = { stdio: "ignore" } as const;
    this.#place?.spawn(file, argv, options) ?? spawn(file, argv, options);
    return new Promise((resolve) => {
      this.#ownUpdates.set(member, resolve);
    });
  }

  async #leave(member: number): Promise<void> {
    const { process } = this.#agent(member).child;
    const exit = once(process, "exit");
    process.kill("SIGINT");
    await exit;
  }

  #agent(member: number): Agent {
    const agent = this.#agents.get(member);
    if (agent === undefined) throw new Error(`member ${member} is not here`);
    return agent;
  }
}
