// Run as a process of its own: a peer to be attacked, which tells what it holds when it is asked.

import { Peer } from "../../src/peer/peer.js";

/** What it has at one moment, once all that could be collected is. */
export interface Holdings {
  readonly heapBytes: number;
  readonly residentBytes: number;
  readonly links: number;
  /** Callers that were cut off, and links closed, for their haste. */
  readonly tooFast: number;
}

const peer = await Peer.start({
  address: "127.0.0.1:0",
  info: { name: "attacked" },
  pingPeriodMs: 200,
  probeTimeoutMs: 5_000,
});

async function holdings(): Promise<Holdings> {
  for (let turn = 0; turn < 3; turn += 1) {
    globalThis.gc?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  const { links, rejected } = peer.stats();
  const tooFast = rejected["caller-too-fast"];
  return { heapBytes: heapUsed + external, residentBytes: rss, links, tooFast };
}

process.send?.(peer.address);
process.on("message", () => void holdings().then((held) => process.send?.(held)));
// Whoever started it went.
process.on("disconnect", () => void peer.stop());
