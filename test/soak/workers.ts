// The worker processes of the soak, as the process that leads it sees them.

import { type ChildProcess, fork } from "node:child_process";
import { constants, setPriority } from "node:os";
import { fileURLToPath } from "node:url";
import type { WorkerReport, WorkerRequest } from "./messages.js";

const WORKER_FILE = fileURLToPath(new URL("worker.ts", import.meta.url));

type ReportOf<Type extends WorkerReport["type"]> = Extract<WorkerReport, { type: Type }>;

/** One process with some of the peers. */
export class SoakWorker {
  readonly #child: ChildProcess;
  readonly #listeners = new Set<(report: WorkerReport) => void>();

  private constructor(child: ChildProcess, onDeath: (code: number | null) => void) {
    this.#child = child;
    child.on("message", (report: WorkerReport) => {
      for (const listener of this.#listeners) listener(report);
    });
    child.once("exit", onDeath);
  }

  static async start(onDeath: (code: number | null) => void): Promise<SoakWorker> {
    const execArgv = [...process.execArgv, "--expose-gc", "--no-enable-source-maps"];
    const child = fork(WORKER_FILE, { execArgv });
    favour(child.pid);
    const worker = new SoakWorker(child, onDeath);
    await worker.next("ready");
    return worker;
  }

  send(request: WorkerRequest): void {
    this.#child.send(request);
  }

  onReport(listener: (report: WorkerReport) => void): void {
    this.#listeners.add(listener);
  }

  /** The next report of that type. */
  next<Type extends WorkerReport["type"]>(
    type: Type,
    isMeant: (report: ReportOf<Type>) => boolean = () => true,
  ): Promise<ReportOf<Type>> {
    return new Promise((resolve) => {
      const listener = (report: WorkerReport): void => {
        if (report.type !== type || !isMeant(report as ReportOf<Type>)) return;
        this.#listeners.delete(listener);
        resolve(report as ReportOf<Type>);
      };
      this.#listeners.add(listener);
    });
  }

  /** Asks for something, and waits for the answer. */
  ask<Type extends WorkerReport["type"]>(
    request: WorkerRequest,
    type: Type,
    isMeant?: (report: ReportOf<Type>) => boolean,
  ): Promise<ReportOf<Type>> {
    const answer = this.next(type, isMeant);
    this.send(request);
    return answer;
  }

  /** Ends the process at once. */
  kill(): void {
    this.#child.removeAllListeners("exit");
    this.#child.kill("SIGKILL");
  }
}

/** Keeps other work of the machine out of what is seen, where that is allowed. */
function favour(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_HIGHEST);
  } catch {
    // Only an administrator may; then the machine has to be quiet.
  }
}
