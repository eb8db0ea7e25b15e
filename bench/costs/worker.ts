// One side of the cost benchmark, in a process of its own so that its CPU time is its own: calls,
// or is called, over the gRPC transport that peers use.

import { setTimeout } from "node:timers/promises";
import { DEFAULT_LIMITS } from "../../src/core/limits.js";
import { MemberBase } from "../../src/core/member-base.js";
import type { PeerRecord } from "../../src/core/record.js";
import { RejectionCounter } from "../../src/core/rejection.js";
import { type Environment, realEnvironment } from "../../src/peer/environment.js";
import { resolveOptions } from "../../src/peer/options.js";
import { Peer } from "../../src/peer/peer.js";
import { GrpcTransport } from "../../src/transport/grpc.js";
import type { CallHandler, ListenOptions } from "../../src/transport/transport.js";
import { NativeCodec } from "../../src/wire/native-dialect.js";
import { RecordCodec } from "../../src/wire/record-codec.js";
import { PING_METHOD, SHARE_DATA_METHOD } from "../../src/wire/seed-dialect.js";
import { LinkSide } from "./link-side.js";
import type { Load, WorkerAnswer, WorkerRequest } from "./messages.js";

const TIMEOUT_MS = 10_000;
/** As the versions of peers that run today: five bytes on the wire. */
const VERSION = 90_000_000;

const codec = new RecordCodec(DEFAULT_LIMITS);
const rejections = new RejectionCounter();
const transports = new Map<number, GrpcTransport>();
let load: Load = { sent: 0, answered: 0, nameBytes: 0 };
let sent: readonly PeerRecord[] = [];
let answered: readonly PeerRecord[] = [];
const peers = new Map<number, Peer>();
const links = new LinkSide(rejections);

function records(count: number, nameBytes: number): PeerRecord[] {
  return Array.from({ length: count }, (_, index) => ({
    address: `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}:7946`,
    version: VERSION,
    deleted: false,
    name: "n".repeat(nameBytes),
  }));
}

const answerCall: CallHandler = ({ method, messages }, respond) => {
  if (method !== SHARE_DATA_METHOD) return;
  codec.decode(messages, rejections);
  respond(codec.encode(answered));
};

async function listen(handler: CallHandler, service?: ListenOptions["links"]): Promise<string> {
  const port = await new GrpcTransport(DEFAULT_LIMITS).listen({
    address: "127.0.0.1:0",
    methods: [PING_METHOD, SHARE_DATA_METHOD],
    handler,
    maxMessages: DEFAULT_LIMITS.maxRecordsPerCall,
    receiveTimeoutMs: TIMEOUT_MS,
    sendTimeoutMs: TIMEOUT_MS,
    links: service,
  });
  return `127.0.0.1:${port}`;
}

function transportWith(maxConnections: number): GrpcTransport {
  let transport = transports.get(maxConnections);
  if (transport === undefined) {
    transport = new GrpcTransport({ ...DEFAULT_LIMITS, maxConnections });
    transports.set(maxConnections, transport);
  }
  return transport;
}

function call(transport: GrpcTransport, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const messages = codec.encode(sent);
    const request = { address, method: SHARE_DATA_METHOD, messages, timeoutMs: TIMEOUT_MS };
    transport.call({ ...request, maxMessages: 2 * load.answered + 1 }, (outcome) => {
      if (outcome.type === "failed") return reject(outcome.error);
      if (codec.decode(outcome.messages, rejections).length === load.answered) resolve();
      else reject(new Error(`${outcome.messages.length} of ${load.answered} records came back`));
    });
  });
}

function knock(transport: GrpcTransport, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    transport.knock(address, TIMEOUT_MS, (outcome) => {
      if (outcome === "accepted") resolve();
      else reject(new Error(`the port is ${outcome}`));
    });
  });
}

/** A peer that lists members that do not exist: it has no timers, so that it calls none of them. */
async function startPeer(members: number): Promise<string> {
  let handler: CallHandler = () => {};
  const address = await listen((incoming, respond) => handler(incoming, respond));
  const real = realEnvironment(new GrpcTransport(DEFAULT_LIMITS));
  const environment: Environment = { ...real, setTimer: () => () => {} };
  const parts = Peer.startIn({
    // The seed's rule, whose calls are what is measured.
    options: resolveOptions({
      address,
      info: { name: "peer" },
      failureDetection: "immediate",
    }),
    environment,
    port: 0,
    codec,
    nativeCodec: new NativeCodec(DEFAULT_LIMITS),
    base: new MemberBase(records(members - 1, "peer-100".length)),
  });
  handler = parts.handler;
  peers.set(members, parts.peer);
  return address;
}

async function answer(request: WorkerRequest): Promise<readonly string[]> {
  switch (request.type) {
    case "listen":
      return Promise.all(Array.from({ length: request.ports }, () => listen(answerCall)));
    case "load":
      load = request.load;
      sent = records(load.sent, load.nameBytes);
      answered = records(load.answered, load.nameBytes);
      return [];
    case "call": {
      const transport = transportWith(request.maxConnections);
      for (let count = 0; count < request.calls; count += 1) {
        await call(transport, request.addresses[count % request.addresses.length] ?? "");
      }
      return [];
    }
    case "peer":
      return [await startPeer(request.members)];
    case "exchange":
      for (let count = 0; count < request.exchanges; count += 1) {
        await peers.get(request.members)?.addSeed(request.address);
        if (request.pauseMs > 0) await setTimeout(request.pauseMs);
      }
      return [];
    case "listen-links":
      return [await listen(answerCall, links.service)];
    case "open-links":
      for (let count = 0; count < request.links; count += 1) {
        await links.open(transportWith(64), request.address);
      }
      return [];
    case "frames":
      await links.send(request.frames, request.everyMs, request.isMute);
      return [];
    case "knock":
      for (let count = 0; count < request.knocks; count += 1) {
        await knock(transportWith(64), request.address);
      }
      return [];
    case "cpu":
      return [];
    default:
      return request satisfies never;
  }
}

process.on("message", (request: WorkerRequest) => {
  answer(request).then(
    (addresses) => {
      const { user, system } = process.cpuUsage();
      const said: WorkerAnswer = { addresses, cpuMs: (user + system) / 1_000 };
      process.send?.(said);
    },
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on("disconnect", () => process.exit());
