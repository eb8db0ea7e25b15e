// A process with some peers of the real cluster; it tells its parent when what they list changes.

import { Peer } from "../../src/index.js";
import { PEER_OPTIONS } from "./cluster.js";
import type { WorkerReport, WorkerRequest } from "./messages.js";

const peers = new Map<number, Peer>();

function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

function tell(report: WorkerReport): void {
  process.send?.(report);
}

async function watch(index: number, peer: Peer): Promise<void> {
  for await (const event of peer.events()) {
    if (event.type === "events-dropped") throw new Error("events were dropped");
    const { address, info, status } = event.member;
    const name = status === "live" ? info.name : undefined;
    tell({ type: "listed", index, address, name, atMs: nowMs() });
  }
}

async function carryOut(request: WorkerRequest): Promise<void> {
  const { index } = request;
  let peer = peers.get(index);
  const atMs = nowMs();
  switch (request.type) {
    case "start":
      peer = await Peer.start({
        ...PEER_OPTIONS,
        address: "127.0.0.1:0",
        info: { name: `peer-${index}` },
        seeds: request.seeds,
      });
      peers.set(index, peer);
      void watch(index, peer);
      break;
    case "update":
      peer?.updateInfo({ name: request.name });
      break;
    case "stop":
      await peer?.stop();
      break;
    default:
      request satisfies never;
  }
  tell({ type: "done", index, address: peer?.address ?? "", atMs });
}

process.on("message", (request: WorkerRequest) => void carryOut(request));
process.on("disconnect", () => process.exit());
tell({ type: "ready" });
