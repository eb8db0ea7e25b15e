// A measurement in a child process, as its parent sees it.

import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Figures, Job } from "./messages.js";

const WORKER_FILE = fileURLToPath(new URL("worker.ts", import.meta.url));

/** Makes one measurement in a new process. */
export function measure(job: Job): Promise<Figures> {
  return new Promise((resolve, reject) => {
    const child = fork(WORKER_FILE, { execArgv: [...process.execArgv, "--expose-gc"] });
    child.once("message", (figures: Figures) => resolve(figures));
    child.once("exit", (code) => reject(new Error(`the worker ended with ${code}`)));
    child.send(job);
  });
}
