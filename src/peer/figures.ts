// A peer's figures as one flat list of names and numbers, for those who show whatever there is.

import type { PeerStats } from "./stats.js";

/** All single figures, those within others named by their path: `queues.links.length`. */
export function flatFigures(stats: PeerStats): Record<string, number> {
  const figures: Record<string, number> = {};
  collect(stats, "", figures);
  return figures;
}

function collect(value: object, path: string, figures: Record<string, number>): void {
  for (const [name, part] of Object.entries(value) as [string, unknown][]) {
    if (typeof part === "number") figures[path + name] = part;
    else if (typeof part === "object" && part !== null && !Array.isArray(part)) {
      collect(part, `${path}${name}.`, figures);
    }
  }
}
