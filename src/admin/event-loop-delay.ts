// How late the process gets to what it has to do, over the last minute.

import { type IntervalHistogram, monitorEventLoopDelay } from "node:perf_hooks";
import { clearInterval, setInterval } from "../transport/platform-timers.js";

/**
 * How often a timer looks; what it finds beyond that is the delay. Each look wakes the process: every
 * 10 ms that was most of what an agent at rest cost.
 */
const RESOLUTION_MS = 50;
/** Two of them are a minute: the one before, and the present one. */
const WINDOW_MS = 30_000;

/** Measures while it runs. */
export class EventLoopDelay {
  readonly #histogram: IntervalHistogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  readonly #timer: NodeJS.Timeout;
  #beforeMs = 0;

  constructor() {
    this.#histogram.enable();
    this.#timer = setInterval(() => this.#turn(), WINDOW_MS);
    this.#timer.unref();
  }

  /** The 99th percentile of the last 30 to 60 seconds, in milliseconds. */
  get p99Ms(): number {
    return Math.max(this.#beforeMs, this.#presentMs());
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#histogram.disable();
  }

  #turn(): void {
    this.#beforeMs = this.#presentMs();
    this.#histogram.reset();
  }

  #presentMs(): number {
    return Math.max(0, this.#histogram.percentile(99) / 1_000_000 - RESOLUTION_MS);
  }
}
