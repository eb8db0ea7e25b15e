// The agent that is measured: a real peer with its admin service, in a process of its own, that lists
// a crowd.

import { monitorEventLoopDelay } from "node:perf_hooks";
import { startAdmin } from "../../src/admin/admin.js";
import { NativeBase } from "../../src/core/native/member-base.js";
import { realEnvironment } from "../../src/peer/environment.js";
import { resolveOptions } from "../../src/peer/options.js";
import { Peer } from "../../src/peer/peer.js";
import { NativeCodec } from "../../src/wire/native-dialect.js";
import { RecordCodec } from "../../src/wire/record-codec.js";
import { Crowd } from "./crowd.js";
import type { AgentMessage, AgentOrder } from "./messages.js";

const OTHERS = 999;
const CHANGES_PER_SECOND = 10;
/** A timer looks so often; what it finds beyond that is the delay. */
const RESOLUTION_MS = 1;

const options = resolveOptions({ address: "127.0.0.1:7946", info: { name: "measured" } });
const nativeCodec = new NativeCodec(options.limits);
const crowd = new Crowd(OTHERS, nativeCodec);
const { peer } = Peer.startIn({
  options,
  environment: realEnvironment(crowd),
  port: 7_946,
  codec: new RecordCodec(options.limits),
  nativeCodec,
  nativeBase: new NativeBase(crowd.records),
});
const admin = await startAdmin(peer, { address: "127.0.0.1:0" });
setInterval(() => crowd.change(), 1_000 / CHANGES_PER_SECOND);

const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
process.on("message", (order: AgentOrder) => {
  switch (order) {
    case "begin":
      delay.reset();
      delay.enable();
      break;
    case "end":
      delay.disable();
      tell({ type: "delay", medianMs: delayAt(50), p99Ms: delayAt(99) });
      break;
    case "cpu": {
      const { user, system } = process.cpuUsage();
      tell({ type: "cpu", cpuMs: (user + system) / 1_000 });
      break;
    }
    default:
      order satisfies never;
  }
});
process.once("disconnect", () => process.exit());
tell({ type: "ready", url: admin.url, members: peer.members().size });

function delayAt(percentile: number): number {
  return Math.max(0, delay.percentile(percentile) / 1_000_000 - RESOLUTION_MS);
}

function tell(message: AgentMessage): void {
  process.send?.(message);
}
