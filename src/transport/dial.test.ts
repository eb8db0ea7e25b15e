import { createServer, type Socket } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { eventually } from "../../test/support/eventually.js";
import {
  hasIpv6Loopback,
  portOf,
  startFullHost,
  startSilentHost,
  startSlowHost,
  unusedAddress,
} from "../../test/support/hosts.js";
import { TestNames } from "../../test/support/test-names.js";
import { parseAddress } from "../core/address.js";
import { AddressFilter, NOT_ALLOWED } from "./address-filter.js";
import { Dial, type DialEnd, type DialSetup } from "./dial.js";

const ANOTHER_LOOPBACK = hasIpv6Loopback() ? "::1" : "127.0.0.2";
const MAX_ATTEMPTS = 16;

/** Dials, and notes the end. */
class TestDial {
  readonly ends: DialEnd[] = [];
  readonly #dial: Dial;

  constructor(address: string, setup: DialSetup) {
    const parts = parseAddress(address) ?? expect.fail(address);
    this.#dial = new Dial(parts, setup, (end) => this.ends.push(end));
    expect(this.ends).toEqual([]);
    onTestFinished(() => {
      this.cancel();
      for (const end of this.ends) if (end.type === "connected") end.socket.destroy();
    });
  }

  cancel(): void {
    this.#dial.cancel();
  }

  async end(): Promise<DialEnd> {
    await eventually(() => expect(this.ends).toHaveLength(1));
    return this.ends[0] ?? expect.fail();
  }

  async connectedTo(): Promise<string | undefined> {
    const end = await this.end();
    return end.type === "connected" ? end.socket.remoteAddress : expect.fail(String(end.errors));
  }

  async messages(): Promise<string[]> {
    const end = await this.end();
    return end.type === "failed" ? end.errors.map(({ message }) => message) : expect.fail();
  }
}

/** Listens at that port of another loopback address. */
async function listenAtPort(port: number): Promise<Set<Socket>> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.resume());
    socket.on("close", () => sockets.delete(socket)).on("error", () => {});
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(port, ANOTHER_LOOPBACK, resolve));
  return sockets;
}

describe("a dial", () => {
  test("connects to an IP address without a look-up", async () => {
    const names = new TestNames();
    const { address } = await startSilentHost();
    expect(await new TestDial(address, { names: names.resolver }).connectedTo()).toBe("127.0.0.1");
    expect(names.lookups).toEqual([]);
  });

  test("passes over an address that refuses", async () => {
    const port = portOf(await unusedAddress());
    await listenAtPort(port);
    const names = new TestNames({ peer: ["127.0.0.1", ANOTHER_LOOPBACK] });
    const dial = new TestDial(`peer:${port}`, { names: names.resolver });
    expect(await dial.connectedTo()).toBe(ANOTHER_LOOPBACK);
  });

  test("tries the next address beside one that takes its time, and then lets that one go", async () => {
    const port = portOf(await startFullHost());
    const sockets = await listenAtPort(port);
    const names = new TestNames({ peer: ["127.0.0.1", ANOTHER_LOOPBACK] });
    const dial = new TestDial(`peer:${port}`, { names: names.resolver });
    expect(await dial.connectedTo()).toBe(ANOTHER_LOOPBACK);
    expect(sockets.size).toBe(1);
  });

  test("gives no address up that takes its time while the others refuse", async () => {
    const slow = await startSlowHost();
    const names = new TestNames({ peer: ["127.0.0.1", "127.0.0.2", "127.0.0.3"] });
    const dial = new TestDial(`peer:${portOf(slow.address)}`, { names: names.resolver });
    // The system asks it again a second after the first time: the others have refused by then.
    slow.open();
    expect(await dial.connectedTo()).toBe("127.0.0.1");
  });

  test("has failed when each address has, with what each said", async () => {
    const port = portOf(await unusedAddress());
    const names = new TestNames({ peer: ["127.0.0.1", "127.0.0.2"] });
    const dial = new TestDial(`peer:${port}`, { names: names.resolver });
    expect(await dial.messages()).toEqual([
      `connect ECONNREFUSED 127.0.0.1:${port}`,
      `connect ECONNREFUSED 127.0.0.2:${port}`,
    ]);
  });

  test("has failed when the name is not found", async () => {
    const names = new TestNames();
    const dial = new TestDial("peer:1", { names: names.resolver });
    await names.find();
    expect(await dial.messages()).toEqual([expect.stringContaining("ENOTFOUND")]);
  });

  test("connects to no address that is not allowed", async () => {
    const filter = new AddressFilter(["10.0.0.0/8"], () => {});
    const names = new TestNames({ peer: ["127.0.0.1"] });
    const { address } = await startSilentHost();
    for (const target of [address, `peer:${portOf(address)}`]) {
      const dial = new TestDial(target, { names: names.resolver, filter });
      expect(await dial.messages()).toEqual([NOT_ALLOWED]);
    }
  });

  test("tries as many addresses of a name as it may, and no more", async () => {
    const addresses = Array.from(
      { length: MAX_ATTEMPTS + 1 },
      (_, index) => `127.0.1.${index + 1}`,
    );
    const names = new TestNames({ peer: addresses });
    const dial = new TestDial(`peer:${portOf(await unusedAddress())}`, { names: names.resolver });
    expect(await dial.messages()).toHaveLength(MAX_ATTEMPTS);
  });

  test("that is called off connects to nobody, and tells nothing", async () => {
    const names = new TestNames();
    const lookedUp = new TestDial("peer:1", { names: names.resolver });
    lookedUp.cancel();
    expect(names.lookups[0]?.isCancelled).toBe(true);
    const { address } = await startSilentHost();
    const dialled = new TestDial(address, { names: names.resolver });
    dialled.cancel();
    await new TestDial(address, { names: names.resolver }).connectedTo();
    expect([...lookedUp.ends, ...dialled.ends]).toEqual([]);
  });
});
