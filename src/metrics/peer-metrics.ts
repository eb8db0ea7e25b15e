// A peer's figures as Prometheus reads them. Nothing is counted here: each value is read from the peer
// when it is asked for.

import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { HistogramFigures } from "../core/histogram.js";
import type { Peer } from "../peer/peer.js";
import { HISTOGRAM_DEFINITIONS, METRIC_DEFINITIONS, type MetricDefinition } from "./definitions.js";

const MS_PER_SECOND = 1_000;

/** What is measured outside of the peer, where it is. */
export interface MetricSources {
  /** How late the process gets to what it has to do, in milliseconds. */
  readonly eventLoopDelayMs?: (() => number) | undefined;
}

/**
 * A registry of that peer's metrics, for prom-client: `await registry.metrics()` is the text that
 * Prometheus scrapes. docs/METRICS.md tells what each is. Several peers of one process have one each.
 */
export function peerMetrics(peer: Peer, sources: MetricSources = {}): Registry {
  const registry = new Registry();
  for (const definition of METRIC_DEFINITIONS) register(registry, definition, peer);
  for (const { name, help, read } of HISTOGRAM_DEFINITIONS) {
    registry.registerMetric(new ReadHistogram(name, help, () => read(peer.stats())));
  }
  const { eventLoopDelayMs } = sources;
  if (eventLoopDelayMs !== undefined) {
    const read = () => [[{}, eventLoopDelayMs() / MS_PER_SECOND]] as const;
    const help =
      "How late the process gets to what it has to do: 99th percentile of the last minute";
    const name = "gossip_event_loop_delay_seconds";
    register(registry, { name, type: "gauge", help, labels: [], read }, peer);
  }
  return registry;
}

function register(registry: Registry, definition: MetricDefinition, peer: Peer): void {
  const { name, help, labels, type, read } = definition;
  const options = { name, help, labelNames: [...labels], registers: [registry] };
  if (type === "gauge") {
    new Gauge({
      ...options,
      collect() {
        for (const [of, value] of read(peer)) this.set(of, value);
      },
    });
  } else {
    new Counter({
      ...options,
      collect() {
        // The peer has counted already: what it says replaces what was said before.
        this.reset();
        for (const [of, value] of read(peer)) this.inc(of, value);
      },
    });
  }
}

/** A histogram that was counted elsewhere. */
class ReadHistogram extends Histogram {
  readonly #name: string;
  readonly #help: string;
  readonly #read: () => HistogramFigures;

  constructor(name: string, help: string, read: () => HistogramFigures) {
    super({ name, help, registers: [] });
    this.#name = name;
    this.#help = help;
    this.#read = read;
  }

  /** What a registry asks for, whatever it makes of it; get() of the library is built on it. */
  async getForPromString() {
    const { boundsMs, counts, sumMs, count } = this.#read();
    let below = 0;
    const buckets = boundsMs.map((boundMs, index) => {
      below += counts[index] ?? 0;
      const labels = { le: boundMs / MS_PER_SECOND };
      return { metricName: `${this.#name}_bucket`, labels, sharedLabels: {}, value: below };
    });
    const part = (suffix: string, labels: { le?: string }, value: number) => {
      return { metricName: `${this.#name}_${suffix}`, labels, sharedLabels: {}, value };
    };
    const last = part("bucket", { le: "+Inf" }, count);
    const values = [
      ...buckets,
      last,
      part("sum", {}, sumMs / MS_PER_SECOND),
      part("count", {}, count),
    ];
    return { name: this.#name, help: this.#help, type: "histogram", values, aggregator: "sum" };
  }
}
