// What prom-client tells of any Node.js process: CPU, memory, garbage collection. One registry for the
// process, since it measures for as long as that lives.

import { collectDefaultMetrics, Registry } from "prom-client";

let registry: Registry | undefined;

/** The metrics of this process. */
export function processMetrics(): Registry {
  if (registry === undefined) {
    registry = new Registry();
    collectDefaultMetrics({ register: registry });
  }
  return registry;
}
