// Run as a process of its own, which nothing else keeps alive: opens and closes transports at every
// stage of their calls, and sends to its parent what was left right after each close.

import { once } from "node:events";
import { setImmediate as nextTurn } from "node:timers/promises";
import { DEFAULT_LIMITS } from "../../src/core/limits.js";
import { GrpcTransport } from "../../src/transport/grpc.js";
import { MemoryNetwork, MemoryTransport } from "../../src/transport/memory.js";
import type { CallHandler, Link, Transport } from "../../src/transport/transport.js";
import { type TlsMaterial, TransportTls } from "../../src/transport/transport-tls.js";

/** What the parent tells this process. */
export interface Task {
  readonly kind: "gRPC" | "memory";
  /** Has gRPC go over TLS. */
  readonly tls?: TlsMaterial;
  /** Addresses to call: one that answers, and those that do not in all ways there are. */
  readonly addresses: readonly string[];
}

/** What this process tells its parent. */
export type Report =
  /** The parent is to connect there as callers do, and to say when it has. */
  | { readonly type: "listening"; readonly address: string }
  | {
      readonly type: "done";
      readonly rounds: number;
      /** For each round that left something: what, beyond what was there before. */
      readonly leftovers: readonly string[];
      /** Calls whose end was not told. */
      readonly pendingCalls: number;
    };

const METHOD = "/test.Echo/Stream";
const LINK = "/test.Echo/Link";
/** Of the event loop, between the beginning of calls and the close. */
const TURNS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 15, 20, 50, 200];

const leftovers: string[] = [];
let rounds = 0;
let pendingCalls = 0;

function call(transport: Transport, address: string): void {
  pendingCalls += 1;
  const request = { address, method: METHOD, messages: [], timeoutMs: 600_000, maxMessages: 1 };
  transport.call(request, () => {
    pendingCalls -= 1;
  });
}

/** Opens a link, sends a frame, and does with it as `onFrame` says. */
function openLink(transport: Transport, address: string, onFrame = (_: Link) => {}): Link {
  const request = { address, method: LINK, timeoutMs: 600_000 };
  const link = transport.openLink(request, {
    onFrame: () => onFrame(link),
    onDrained: () => {},
    onEnd: () => {},
  });
  link.send(new Uint8Array(100_000));
  return link;
}

/** Uses an address in all ways there are. */
function reachOut(transport: Transport, address: string): void {
  call(transport, address);
  openLink(transport, address);
  openLink(transport, address).close();
  openLink(transport, address, (link) => link.close());
  transport.knock(address, 600_000, () => {});
}

async function listen(transport: Transport, handler: CallHandler): Promise<string> {
  const port = await transport.listen({
    address: "127.0.0.1:0",
    methods: [METHOD],
    handler,
    maxMessages: 1,
    receiveTimeoutMs: 600_000,
    sendTimeoutMs: 600_000,
    links: {
      method: LINK,
      onLink: (link) => ({
        onFrame: (frame) => link.send(frame),
        onDrained: () => {},
        onEnd: () => {},
      }),
    },
  });
  return `127.0.0.1:${port}`;
}

/** Looks what a round left, without giving it a turn to clear up. */
async function look(name: string, round: () => Promise<void>): Promise<void> {
  const before = resources();
  await round();
  const after = resources();
  rounds += 1;
  if (after !== before) leftovers.push(`${name}: ${after}, not ${before}`);
}

/** But for files: those of this program itself are still being closed when it begins. */
function resources(): string {
  const kinds = process.getActiveResourcesInfo().filter((kind) => !/^(FS|File|Close)/.test(kind));
  return kinds.toSorted().join(" ");
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await nextTurn();
}

/** The addresses are called, and the caller closes in the middle of it. */
async function runCaller(create: () => Transport, addresses: readonly string[]): Promise<void> {
  for (const count of TURNS) {
    await look(`caller after ${count} turns`, async () => {
      const caller = create();
      for (const address of addresses) reachOut(caller, address);
      await turns(count);
      await caller.close();
    });
  }
}

/** One calls the other, and both close, in either order. */
async function runPair(create: () => Transport): Promise<void> {
  for (const count of TURNS) {
    for (const isListenerFirst of [true, false]) {
      await look(`pair after ${count} turns`, async () => {
        const [caller, listener] = [create(), create()];
        const answers = await listen(listener, (_, respond) => respond([]));
        const mute = create();
        const silent = await listen(mute, () => {});
        for (const address of [answers, silent, answers]) reachOut(caller, address);
        await turns(count);
        if (isListenerFirst) await Promise.all([listener, mute, caller].map((one) => one.close()));
        else await Promise.all([caller, listener, mute].map((one) => one.close()));
      });
    }
  }
}

/** A link is closed by one side or the other, and the transports are not. */
async function runLink(create: () => Transport): Promise<void> {
  const [caller, listener] = [create(), create()];
  const address = await listen(listener, () => {});
  for (const count of TURNS) {
    await look(`link after ${count} turns`, async () => {
      const before = resources();
      const link = openLink(caller, address);
      await turns(count);
      link.close();
      // What is left would not go away by itself.
      for (let turn = 0; turn < 100_000 && resources() !== before; turn += 1) await nextTurn();
    });
  }
  await Promise.all([caller.close(), listener.close()]);
}

/** The parent connects to a listener that closes. */
async function runListener(create: () => Transport): Promise<void> {
  await look("listener with callers", async () => {
    const listener = create();
    const address = await listen(listener, () => {});
    process.send?.({ type: "listening", address } satisfies Report);
    await once(process, "message");
    await listener.close();
  });
}

/** All that a transport may be used for. */
async function run({ kind, addresses, tls: material }: Task): Promise<void> {
  const network = new MemoryNetwork();
  const tls = material === undefined ? undefined : new TransportTls(material);
  const create = (): Transport =>
    kind === "gRPC" ? new GrpcTransport(DEFAULT_LIMITS, { tls }) : new MemoryTransport(network);
  if (kind === "memory") for (const address of addresses) network.setSilent(address, true);
  await look("unused", () => create().close());
  await look("on its way to listen", async () => {
    const listener = create();
    const listening = listen(listener, () => {}).catch(() => {});
    await Promise.all([listening, listener.close()]);
  });
  await runCaller(create, addresses);
  await runPair(create);
  await runLink(create);
  if (kind === "gRPC") await runListener(create);
}

const [task] = await once(process, "message");
await run(task as Task);
process.send?.({ type: "done", rounds, leftovers, pendingCalls } satisfies Report);
process.disconnect();
