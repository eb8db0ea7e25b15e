// Things that a peer may find where it expects another peer: a host that has vanished, a port that
// nobody listens on, and a road between the two that can be cut.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { networkInterfaces } from "node:os";
import { expect, onTestFinished } from "vitest";
import { eventually } from "./eventually.js";

/**
 * Listens, and accepts nobody until it is told to: two are let in by the system, and then nobody. Then it
 * leads to the port that it was given, if it was.
 */
const FULL_HOST = `
  const net = require("node:net");
  const server = net.createServer((socket) => {
    if (process.argv[1] === undefined) return;
    const onward = net.connect(Number(process.argv[1]), "127.0.0.1");
    for (const each of [socket, onward]) each.on("error", () => {});
    socket.pipe(onward).pipe(socket);
  });
  server.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
    process.send(server.address().port, () => require("node:fs").readSync(0, Buffer.alloc(1)));
  });
`;

/** A TCP port that accepts and never says a word. */
export interface SilentHost {
  readonly address: string;
  close(): Promise<void>;
}

/**
 * Starts a host that accepts connections and never says a word, as if it had vanished behind a
 * router. It is closed when the test ends, unless the test did it.
 */
export async function startSilentHost(address = "127.0.0.1:0"): Promise<SilentHost> {
  const listener = new TcpListener(() => {});
  const bound = await eventually(() => listener.listen(address));
  const host: SilentHost = { address: bound, close: () => listener.close() };
  onTestFinished(() => host.close());
  return host;
}

/** An address that connections are attempted to without end, as to a host that has vanished. */
export async function startFullHost(): Promise<string> {
  return (await startSlowHost()).address;
}

/** A host that lets nobody in until it is told to, and then leads to that port of loopback. */
export async function startSlowHost(
  toPort?: number,
): Promise<{ readonly address: string; open(): void }> {
  const args = ["-e", FULL_HOST, ...(toPort === undefined ? [] : [String(toPort)])];
  const child = spawn(process.execPath, args, { stdio: ["pipe", "ignore", "inherit", "ipc"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [port] = await once(child, "message");
  const sockets = Array.from({ length: 16 }, () => {
    const socket = connect(Number(port), "127.0.0.1");
    socket.on("error", () => {});
    onTestFinished(() => void socket.destroy());
    return socket;
  });
  await eventually(() => expect(sockets.some((socket) => !socket.connecting)).toBe(true));
  return { address: `127.0.0.1:${port}`, open: () => void child.stdin?.write("\n") };
}

/** Ports of loopback that were free a moment ago, all at the same time. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const listeners = Array.from({ length: count }, () => new TcpListener(() => {}));
  const addresses = await Promise.all(listeners.map((each) => each.listen("127.0.0.1:0")));
  await Promise.all(listeners.map((each) => each.close()));
  return addresses.map(portOf);
}

/** An address of loopback that refuses connections: its port was free a moment ago. */
export async function unusedAddress(): Promise<string> {
  const [port] = await freePorts(1);
  return `127.0.0.1:${port}`;
}

/** Whether this machine has the loopback address ::1. */
export function hasIpv6Loopback(): boolean {
  return Object.values(networkInterfaces()).some((addresses) =>
    addresses?.some(({ address }) => address === "::1"),
  );
}

/** The port of `host:port`. */
export function portOf(address: string): number {
  return Number(address.slice(address.lastIndexOf(":") + 1));
}

/**
 * A road to a peer: what comes in at its `address` goes on to the target. A peer that advertises
 * the road's address is reached by it alone, so that it can be cut off without being stopped.
 */
export class Road {
  readonly #listener: TcpListener;
  readonly #onward = new Set<Socket>();
  #targetPort = 0;
  #state: "open" | "cut" | "silent" = "open";
  address = "";

  private constructor() {
    this.#listener = new TcpListener((socket) => this.#carry(socket));
  }

  static async build(): Promise<Road> {
    const road = new Road();
    road.address = await road.#listener.listen("127.0.0.1:0");
    onTestFinished(() => road.#listener.close());
    return road;
  }

  /** Where the road leads; has to be set before anyone comes along. */
  leadTo(address: string): void {
    this.#targetPort = portOf(address);
  }

  /** Breaks the connections there are, and lets no others pass. */
  cut(): void {
    this.#state = "cut";
    this.#listener.breakConnections();
  }

  /** Keeps connections, and accepts new ones, but nothing comes through any more. */
  fallSilent(): void {
    this.#state = "silent";
    for (const onward of this.#onward) onward.destroy();
  }

  reopen(): void {
    this.#listener.breakConnections();
    this.#state = "open";
  }

  #carry(socket: Socket): void {
    if (this.#state === "cut") socket.destroy();
    if (this.#state !== "open") return;
    const onward = connect(this.#targetPort, "127.0.0.1");
    this.#onward.add(onward);
    onward.on("error", () => {});
    onward.on("close", () => {
      this.#onward.delete(onward);
      if (this.#state !== "silent") socket.destroy();
    });
    socket.on("close", () => onward.destroy());
    socket.pipe(onward);
    onward.on("data", (bytes: Buffer) => socket.write(bytes));
  }
}

class TcpListener {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(onConnection: (socket: Socket) => void) {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
      socket.on("error", () => {});
      onConnection(socket);
    });
  }

  listen(address: string): Promise<string> {
    const host = address.slice(0, address.lastIndexOf(":"));
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(portOf(address), host, () => {
        const bound = this.#server.address();
        if (typeof bound === "object" && bound !== null) resolve(`${host}:${bound.port}`);
        else reject(new Error(`no port at ${address}`));
      });
    });
  }

  breakConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  close(): Promise<void> {
    this.breakConnections();
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
    });
  }
}
