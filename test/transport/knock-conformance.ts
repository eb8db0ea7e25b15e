// What knocks have to do on every transport: the part of the conformance suite that is about them.

import { expect, test } from "vitest";
import type { KnockOutcome, Transport } from "../../src/transport/transport.js";
import { callBy, closedAtEnd, echo, listenWith, message, textsOf } from "./calling.js";
import type { TransportKind } from "./transport-kind.js";

/** A knock with its outcome as a promise. The time it may take is not what ends a sound one. */
export function knockBy(
  transport: Transport,
  address: string,
  timeoutMs = 600_000,
): Promise<KnockOutcome> {
  return new Promise((resolve, reject) => {
    let hasReturned = false;
    transport.knock(address, timeoutMs, (outcome) => {
      if (hasReturned) resolve(outcome);
      else reject(new Error("told before knock() returned"));
    });
    hasReturned = true;
  });
}

export function describeKnocks({ hosts, createNetwork }: TransportKind): void {
  test.each(hosts)("is accepted where %s is listened on, and leaves no trace", async (host) => {
    const network = createNetwork();
    const listener = closedAtEnd(network.createTransport());
    const address = await listenWith(listener, echo, { address: `${host}:0` });
    const caller = closedAtEnd(network.createTransport());
    expect(await knockBy(caller, address)).toBe("accepted");
    expect(caller.connectionCount).toBe(0);
    const outcome = await callBy(caller, { address, messages: [message("hello")] });
    expect(textsOf(outcome)).toEqual(["hello"]);
  });

  test("is refused where nobody listens, and where nobody does any more", async () => {
    const network = createNetwork();
    const listener = closedAtEnd(network.createTransport());
    const address = await listenWith(listener, echo);
    const caller = closedAtEnd(network.createTransport());
    expect(await knockBy(caller, await network.unusedAddress())).toBe("refused");
    expect(await knockBy(caller, address)).toBe("accepted");
    await listener.close();
    expect(await knockBy(caller, address)).toBe("refused");
  });

  test.each(["", "nonsense", "127.0.0.1:0", "host:1\n"])("at %j is silent", async (address) => {
    const caller = closedAtEnd(createNetwork().createTransport());
    expect(await knockBy(caller, address)).toBe("silent");
  });

  test("is silent where nothing comes back", async () => {
    const network = createNetwork();
    const caller = closedAtEnd(network.createTransport());
    expect(await knockBy(caller, await network.vanishedAddress(), 300)).toBe("silent");
  });

  test("is told nothing after the close", async () => {
    const network = createNetwork();
    const address = await listenWith(closedAtEnd(network.createTransport()), echo);
    const vanished = await network.vanishedAddress();
    const outcomes: KnockOutcome[] = [];
    const caller = closedAtEnd(network.createTransport());
    const knock = (to: string): void => caller.knock(to, 100, (outcome) => outcomes.push(outcome));
    for (const to of [address, vanished, "nonsense"]) knock(to);
    await caller.close();
    knock(address);
    const other = closedAtEnd(network.createTransport());
    expect(await knockBy(other, vanished, 300)).toBe("silent");
    expect(outcomes).toEqual([]);
  });
}
