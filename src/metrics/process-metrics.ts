// What prom-client tells of any Node.js process: CPU, memory, garbage collection. One registry for the
// process, since it measures for as long as that lives.

import { collectDefaultMetrics, Registry } from "prom-client";

/** Gauges that are named as if they were counters; each is the sum of one that stays. */
const MISNAMED = [
  "nodejs_active_handles_total",
  "nodejs_active_requests_total",
  "nodejs_active_resources_total",
] as const;

let registry: Registry | undefined;

/** The metrics of this process. */
export function processMetrics(): Registry {
  if (registry === undefined) {
    registry = new Registry();
    collectDefaultMetrics({ register: registry });
    for (const name of MISNAMED) registry.removeSingleMetric(name);
  }
  return registry;
}
