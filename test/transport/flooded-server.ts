// Run as a process of its own, with little memory: a server that says how many messages of a call
// it kept, and how many it dropped.

import { DEFAULT_LIMITS } from "../../src/core/limits.js";
import { GrpcTransport } from "../../src/transport/grpc.js";

const transport = new GrpcTransport(DEFAULT_LIMITS);
const port = await transport.listen({
  address: "127.0.0.1:0",
  methods: ["/test.Echo/Stream"],
  handler: ({ messages, dropped }, respond) => {
    respond([Buffer.from(`kept ${messages.length}, dropped ${dropped}`)]);
  },
  maxMessages: 1_000,
  receiveTimeoutMs: 600_000,
  sendTimeoutMs: 600_000,
});
process.send?.(`127.0.0.1:${port}`);
// Whoever started it went.
process.on("disconnect", () => void transport.close());
