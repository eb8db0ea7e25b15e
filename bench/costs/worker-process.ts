// A worker process of the cost benchmark, as its parent sees it.

import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { WorkerAnswer, WorkerRequest } from "./messages.js";

const WORKER_FILE = fileURLToPath(new URL("worker.ts", import.meta.url));

/** A process that calls, or is called. */
export class WorkerProcess {
  readonly #child: ChildProcess = fork(WORKER_FILE);

  /** Asks for one thing and waits until it is done. */
  ask(request: WorkerRequest): Promise<WorkerAnswer> {
    return new Promise((resolve, reject) => {
      const onExit = (): void => reject(new Error(`the worker ended during ${request.type}`));
      this.#child.once("exit", onExit);
      this.#child.once("message", (answer: WorkerAnswer) => {
        this.#child.off("exit", onExit);
        resolve(answer);
      });
      this.#child.send(request);
    });
  }

  /** The CPU time that it has spent. */
  async cpuMs(): Promise<number> {
    return (await this.ask({ type: "cpu" })).cpuMs;
  }

  stop(): void {
    this.#child.kill();
  }
}
