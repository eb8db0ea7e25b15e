// A peer to which more connect than it takes: those that it turns away leave a trace.

import { connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { eventually } from "../support/eventually.js";
import { portOf } from "../support/hosts.js";
import { startPeer } from "../support/peers.js";
import { RecordingLogger } from "../support/recording-logger.js";

test("a connection that is turned away is counted and logged", async () => {
  const logger = new RecordingLogger();
  const peer = await startPeer({ logger, limits: { maxInboundConnections: 2 } });
  for (let count = 0; count < 5; count += 1) {
    const socket = connect(portOf(peer.address), "127.0.0.1").on("error", () => {});
    onTestFinished(() => void socket.destroy());
  }
  await eventually(() => expect(peer.stats().connectionsNotAccepted).toBe(3));
  const line = logger.lines.find(({ message }) => message.startsWith("a connection was not"));
  expect(line).toMatchObject({ level: "warn" });
  expect(line?.message).toContain("limits.maxInboundConnections allows (2)");
});
