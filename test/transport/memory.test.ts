// The transport in memory: it conforms, and can be told to break.

import { expect, test } from "vitest";
import { MemoryNetwork, MemoryTransport } from "../../src/transport/memory.js";
import { callBy, closedAtEnd, echo, errorOf, listenWith, message, textsOf } from "./calling.js";
import { describeTransport } from "./conformance.js";

describeTransport({
  name: "memory",
  hosts: ["127.0.0.1", "localhost", "[::1]"],
  createNetwork() {
    const network = new MemoryNetwork();
    async function silentAddress(): Promise<string> {
      const address = await listenWith(new MemoryTransport(network), echo);
      network.setSilent(address, true);
      return address;
    }
    return {
      createTransport: () => new MemoryTransport(network),
      silentAddress,
      vanishedAddress: silentAddress,
      unusedAddress: async () => "127.0.0.1:1",
    };
  },
});

test("a host that has vanished answers again once it is back", async () => {
  const network = new MemoryNetwork();
  const address = await listenWith(closedAtEnd(new MemoryTransport(network)), echo);
  const caller = closedAtEnd(new MemoryTransport(network));
  network.setSilent(address, true);
  const lost = await callBy(caller, { address, timeoutMs: 50 });
  expect(errorOf(lost).code).toBe("CALL_TIMEOUT");
  network.setSilent(address, false);
  const outcome = await callBy(caller, { address, messages: [message("back")] });
  expect(textsOf(outcome)).toEqual(["back"]);
});

test("a host that vanishes before it has answered never does", async () => {
  const network = new MemoryNetwork();
  const listener = closedAtEnd(new MemoryTransport(network));
  const address = await listenWith(listener, (call, respond) => {
    network.setSilent(address, true);
    respond(call.messages);
  });
  const caller = closedAtEnd(new MemoryTransport(network));
  const outcome = await callBy(caller, { address, timeoutMs: 50 });
  expect(errorOf(outcome).code).toBe("CALL_TIMEOUT");
});

test("transports of different networks do not see each other", async () => {
  const address = await listenWith(closedAtEnd(new MemoryTransport(new MemoryNetwork())), echo);
  const caller = closedAtEnd(new MemoryTransport(new MemoryNetwork()));
  expect(errorOf(await callBy(caller, { address })).code).toBe("CALL_UNREACHABLE");
});
