// The two processes of the cost benchmark, and the CPU time that each of them spends.

import { median } from "./fit.js";
import type { Load } from "./messages.js";
import { WorkerProcess } from "./worker-process.js";

/** What each side spends, in milliseconds. */
export interface Cpu {
  readonly caller: number;
  readonly called: number;
}

/** Both workers, and how to measure what they spend. */
export class Pair {
  readonly caller = new WorkerProcess();
  readonly called = new WorkerProcess();

  /** The CPU that each side spends on `count` repetitions of something, per repetition. */
  async measure(run: () => Promise<unknown>, count: number): Promise<Cpu> {
    const caller = await this.caller.cpuMs();
    const called = await this.called.cpuMs();
    await run();
    return {
      caller: ((await this.caller.cpuMs()) - caller) / count,
      called: ((await this.called.cpuMs()) - called) / count,
    };
  }

  async setLoad(load: Load): Promise<void> {
    await Promise.all([this.caller, this.called].map((side) => side.ask({ type: "load", load })));
  }

  stop(): void {
    this.caller.stop();
    this.called.stop();
  }
}

/** The middle of each side. */
export function medianCpu(measured: readonly Cpu[]): Cpu {
  return {
    caller: median(measured.map(({ caller }) => caller)),
    called: median(measured.map(({ called }) => called)),
  };
}
