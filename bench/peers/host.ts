// A host as the comparison sees it: a process, or some, with members of one contender.

import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { atEnd } from "./cleanup.js";
import type { HostAnswer, HostRequest } from "./messages.js";
import type { Namespace } from "./namespace.js";

/** Where a cluster's processes run: a namespace, or this machine where none can be made. */
export type Place = Namespace | undefined;

/** Members of one contender. */
export interface Host {
  /** Its processes. */
  readonly pids: readonly number[];
  /** Asks for one thing; resolves once it is done. */
  ask(request: HostRequest): Promise<Omit<HostAnswer, "id">>;
  /** Ends all its processes at once, as a crash does. */
  kill(): void;
}

/** A process that this one starts, and that does not outlive it. */
export class Child {
  readonly process: ChildProcess;
  readonly #end: () => void;

  constructor(
    place: Place,
    [file = "", ...argv]: readonly string[],
    stdio: readonly ["pipe" | "ignore", "pipe", "inherit" | "pipe"],
  ) {
    const options = { stdio: [...stdio] };
    this.process = place?.spawn(file, argv, options) ?? spawn(file, argv, options);
    this.#end = atEnd(() => this.process.kill("SIGKILL"));
  }

  get pid(): number {
    const { pid } = this.process;
    if (pid === undefined) throw new Error("the process did not start");
    return pid;
  }

  kill(): void {
    this.#end();
  }
}

/** A host that speaks the protocol of `messages.ts` itself. */
export class LineHost implements Host {
  readonly #child: Child;
  readonly #waiting = new Map<
    number,
    { resolve: (answer: HostAnswer) => void; reject: (error: Error) => void }
  >();
  #requests = 0;

  constructor(place: Place, command: readonly string[]) {
    this.#child = new Child(place, command, ["pipe", "pipe", "inherit"]);
    const { stdin, stdout } = this.#child.process;
    if (stdin === null || stdout === null) throw new Error("the host has no pipes");
    createInterface({ input: stdout }).on("line", (line) => this.#answered(JSON.parse(line)));
    // A host that is killed leaves writes unfinished.
    stdin.on("error", () => {});
    this.#child.process.once("exit", () => {
      const error = new Error(`a host ended: ${command.join(" ")}`);
      for (const { reject } of this.#waiting.values()) reject(error);
    });
  }

  get pids(): readonly number[] {
    return [this.#child.pid];
  }

  ask(request: HostRequest): Promise<Omit<HostAnswer, "id">> {
    this.#requests += 1;
    const id = this.#requests;
    const answered = new Promise<HostAnswer>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
    });
    this.#child.process.stdin?.write(`${JSON.stringify({ ...request, id })}\n`);
    return answered;
  }

  kill(): void {
    this.#waiting.clear();
    this.#child.kill();
  }

  #answered(answer: HostAnswer): void {
    this.#waiting.get(answer.id)?.resolve(answer);
    this.#waiting.delete(answer.id);
  }
}
