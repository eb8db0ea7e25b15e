// A peer of the program whose wire contract this package speaks, faults included, for the tests of
// mixed clusters. It shares no code with src/: its own codec, its own server, its own rules.
import { once } from "node:events";
import http2 from "node:http2";
import type { AddressInfo } from "node:net";
import { Client, credentials, Metadata, type ServiceError } from "@grpc/grpc-js";

const PING_PATH = "/GossipService/Ping";
const SHARE_DATA_PATH = "/GossipService/ShareData";
/** A header by which the tests tell the calls and answers of originals from those of others. */
const ORIGINAL_HEADER = "x-sent-by-an-original";
const GRPC_OK = 0;
const GRPC_UNIMPLEMENTED = 12;
const GRPC_INTERNAL = 13;
/** An HTTP/2 ping that comes sooner than this after the one before is a strike. */
const KEEPALIVE_MIN_GAP_MS = 5 * 60_000;
/** A connection with more strikes than these, and nothing answered on it between, is closed. */
const KEEPALIVE_STRIKES_MAX = 2;

/** What goes over the wire about one peer. Fields that it does not know stay in `unknown`. */
export interface OriginalRecord {
  readonly addr: string;
  readonly version: number;
  readonly deleted: boolean;
  readonly name: string;
  readonly unknown: Uint8Array;
}

/** What a test may watch. */
export type Observation =
  /** A record came in, in the call of another peer or in the answer to a call of its own. */
  | {
      readonly kind: "record";
      readonly via: "call" | "answer";
      /** Whether an original sent it; only the tests can tell, by a header. */
      readonly fromOriginal: boolean;
      readonly record: OriginalRecord;
    }
  /** A call of its own ended; `error` is what made it fail. */
  | { readonly kind: "exchange"; readonly dialled: string; readonly error: string | undefined }
  | { readonly kind: "ping"; readonly dialled: string; readonly error: string | undefined }
  /** Someone sent an HTTP/2 ping. */
  | { readonly kind: "keepalive" };

export interface OriginalPeerOptions {
  /** Where to listen; port 0 lets the system choose. */
  readonly listen?: string;
  readonly name?: string;
  readonly pingPeriodMs?: number;
  readonly seeds?: readonly string[];
  /** When a ping of an address that accepts a connection and then says nothing is given up. */
  readonly connectTimeoutMs?: number;
  readonly observe?: (observation: Observation) => void;
  /** Waited for before a ShareData call is answered: how a test makes one hang. */
  readonly beforeAnswer?: () => Promise<void>;
}

interface Entry {
  record: OriginalRecord;
  /** There from the first ping that was answered until the first exchange that failed. */
  client: Client | undefined;
}

/** One running peer of the original program. */
export class OriginalPeer {
  readonly #options: OriginalPeerOptions;
  readonly #server = http2.createServer();
  readonly #sessions = new Set<http2.ServerHttp2Session>();
  readonly #entries = new Map<string, Entry>();
  /** Whom to exchange with, the one chosen least recently first. */
  readonly #rotation: string[] = [];
  /** Its own record each time that it wrote it itself. */
  readonly #written: OriginalRecord[] = [];
  readonly #calls = new Set<{ cancel(): void }>();
  #addr = "";
  #timer: NodeJS.Timeout | undefined;
  #exchanging = false;
  #stopped = false;

  private constructor(options: OriginalPeerOptions) {
    this.#options = options;
  }

  static async start(options: OriginalPeerOptions = {}): Promise<OriginalPeer> {
    const peer = new OriginalPeer(options);
    await peer.#listen(options.listen ?? "127.0.0.1:0");
    peer.#writeSelf(blankRecord(peer.#addr));
    if (options.name !== undefined) peer.updateSelfInfo({ name: options.name });
    peer.#startTicking();
    void peer.#addSeeds();
    return peer;
  }

  get addr(): string {
    return this.#addr;
  }

  updateSelfInfo({ name }: { readonly name: string }): void {
    const held = this.#entry(this.#addr).record;
    this.#writeSelf({ ...held, name, version: nextVersion(held.version) });
  }

  /** The records of itself that it wrote since its start, the latest last. */
  get written(): readonly OriginalRecord[] {
    return this.#written;
  }

  async #addSeeds(): Promise<void> {
    for (const seed of this.#options.seeds ?? []) await this.addSeed(seed);
  }

  /** Listed once it has answered a ping; whom it deleted, it dials again. Even itself, if asked to. */
  async addSeed(addr: string): Promise<void> {
    const client = await this.#connect(addr);
    if (client !== undefined) this.#dialFromNowOn(addr, client);
  }

  /** Takes in what a caller that the test has no use for would send. */
  hear(record: Omit<OriginalRecord, "unknown">): Promise<void> {
    return this.#storeAll([{ ...record, unknown: new Uint8Array() }]);
  }

  /** The names of all that are not deleted, by address, its own included. */
  getMembers(): Map<string, string> {
    return new Map(this.#live().map(({ addr, name }) => [addr, name]));
  }

  /** Everything it holds, the deleted included. */
  getRecords(): OriginalRecord[] {
    return [...this.#entries.values()].map(({ record }) => record);
  }

  /** Whom it exchanges with. */
  get dialled(): readonly string[] {
    return this.#rotation;
  }

  /** Ends at once, as a process that is killed does. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    clearInterval(this.#timer);
    for (const call of this.#calls) call.cancel();
    for (const entry of this.#entries.values()) entry.client?.close();
    for (const session of this.#sessions) session.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /** As a ticker does: a period in which an exchange is still running passes without another. */
  #startTicking(): void {
    const { pingPeriodMs = 100 } = this.#options;
    this.#timer = setInterval(() => void this.#exchangeWithNext(), pingPeriodMs);
  }

  // What it knows

  #writeSelf(record: OriginalRecord): void {
    this.#written.push(record);
    this.#entries.set(this.#addr, { client: this.#entries.get(this.#addr)?.client, record });
  }

  #entry(addr: string): Entry {
    const entry = this.#entries.get(addr);
    if (entry === undefined) throw new Error(`no entry for ${addr}`);
    return entry;
  }

  #live(): OriginalRecord[] {
    return this.getRecords().filter(({ deleted }) => !deleted);
  }

  /** One after another, an unknown address pinged before the next is stored. Its own is as any other. */
  async #storeAll(records: readonly OriginalRecord[]): Promise<void> {
    for (const record of records) {
      const entry = this.#entries.get(record.addr);
      if (entry === undefined) {
        // Who does not answer stays as it was told of.
        this.#entries.set(record.addr, { record, client: undefined });
        const client = await this.#connect(record.addr);
        if (client !== undefined) this.#dialFromNowOn(record.addr, client);
      } else if (record.version > entry.record.version) {
        entry.record = record;
      }
    }
  }

  /** Forgets what was said of an address that has answered a ping. */
  #dialFromNowOn(addr: string, client: Client): void {
    if (this.#entries.get(addr)?.client !== undefined) {
      client.close();
      return;
    }
    this.#entries.set(addr, { record: blankRecord(addr), client });
    this.#rotation.unshift(addr);
  }

  #markDeleted(addr: string): void {
    const entry = this.#entry(addr);
    const version = nextVersion(entry.record.version);
    entry.record = { ...entry.record, deleted: true, version };
    entry.client?.close();
    entry.client = undefined;
    const index = this.#rotation.indexOf(addr);
    if (index >= 0) this.#rotation.splice(index, 1);
  }

  // The calls that it makes

  async #exchangeWithNext(): Promise<void> {
    if (this.#exchanging) return;
    const dialled = this.#rotation.shift();
    if (dialled === undefined) return;
    this.#rotation.push(dialled);
    this.#exchanging = true;
    try {
      await this.#storeAll(await this.#shareData(dialled));
      this.#observe({ kind: "exchange", dialled, error: undefined });
    } catch (error) {
      if (this.#stopped) return;
      this.#markDeleted(dialled);
      this.#observe({ kind: "exchange", dialled, error: String(error) });
    } finally {
      this.#exchanging = false;
    }
  }

  /** Sends all that is live and takes what comes back: nothing of it if the call fails. No deadline. */
  #shareData(dialled: string): Promise<OriginalRecord[]> {
    const { client } = this.#entry(dialled);
    if (client === undefined) throw new Error(`${dialled} is not connected`);
    const records: OriginalRecord[] = [];
    const headers = new Metadata();
    headers.set(ORIGINAL_HEADER, "yes");
    const call = client.makeBidiStreamRequest(
      SHARE_DATA_PATH,
      encodeRecord,
      decodeRecord,
      headers,
      {},
    );
    this.#calls.add(call);
    call.on("status", () => this.#calls.delete(call));
    let fromOriginal = false;
    return new Promise((resolve, reject) => {
      call.on("metadata", (answered: Metadata) => {
        fromOriginal = answered.get(ORIGINAL_HEADER).length > 0;
      });
      call.on("data", (record: OriginalRecord) => {
        this.#observe({ kind: "record", via: "answer", fromOriginal, record });
        records.push(record);
      });
      call.on("error", reject);
      call.on("end", () => resolve(records));
      for (const record of this.#live()) call.write(record);
      call.end();
    });
  }

  /** A connection to an address that has answered a ping. */
  async #connect(addr: string): Promise<Client | undefined> {
    if (this.#stopped) return undefined;
    const client = new Client(`dns:${addr}`, credentials.createInsecure(), {
      "grpc.use_local_subchannel_pool": 1,
      "grpc.enable_http_proxy": 0,
    });
    const error = await ping(client, Date.now() + (this.#options.connectTimeoutMs ?? 20_000));
    this.#observe({ kind: "ping", dialled: addr, error: error?.message });
    if (error === null && !this.#stopped) return client;
    client.close();
    return undefined;
  }

  // The calls that it answers

  async #listen(listen: string): Promise<void> {
    const { hostname, port } = new URL(`http://${listen}`);
    this.#server.on("session", (session) => this.#watchKeepalive(session));
    this.#server.on("stream", (stream, headers) => {
      stream.on("error", () => stream.destroy());
      this.#answer(stream, headers).catch((error: unknown) => {
        if (!stream.headersSent && !stream.destroyed) refuse(stream, GRPC_INTERNAL, String(error));
      });
    });
    this.#server.listen(Number(port), hostname);
    await once(this.#server, "listening");
    const { address, port: chosen } = this.#server.address() as AddressInfo;
    this.#addr = `${address}:${chosen}`;
  }

  async #answer(
    stream: http2.ServerHttp2Stream,
    headers: http2.IncomingHttpHeaders,
  ): Promise<void> {
    const path = headers[":path"];
    const fromOriginal = headers[ORIGINAL_HEADER] !== undefined;
    if (path === PING_PATH) {
      await readMessages(stream);
      respond(stream, [new Uint8Array()]);
      return;
    }
    if (path !== SHARE_DATA_PATH) {
      refuse(stream, GRPC_UNIMPLEMENTED, `unknown method ${path}`);
      return;
    }
    const records = (await readMessages(stream)).map(decodeRecord);
    for (const record of records) {
      this.#observe({ kind: "record", via: "call", fromOriginal, record });
    }
    await this.#storeAll(records);
    await this.#options.beforeAnswer?.();
    if (stream.destroyed) return;
    respond(stream, this.#live().map(encodeRecord));
  }

  #watchKeepalive(session: http2.ServerHttp2Session): void {
    this.#sessions.add(session);
    session.on("close", () => this.#sessions.delete(session));
    session.on("error", () => session.destroy());
    let strikes = 0;
    let lastPingAt = Number.NEGATIVE_INFINITY;
    session.on("stream", () => {
      strikes = 0;
    });
    session.on("ping", () => {
      if (Date.now() - lastPingAt < KEEPALIVE_MIN_GAP_MS) strikes++;
      lastPingAt = Date.now();
      this.#observe({ kind: "keepalive" });
      if (strikes <= KEEPALIVE_STRIKES_MAX) return;
      session.goaway(
        http2.constants.NGHTTP2_ENHANCE_YOUR_CALM,
        0,
        new TextEncoder().encode("too_many_pings"),
      );
      session.destroy();
    });
  }

  #observe(observation: Observation): void {
    this.#options.observe?.(observation);
  }
}

function blankRecord(addr: string): OriginalRecord {
  return { addr, version: 0, deleted: false, name: "", unknown: new Uint8Array() };
}

/** An int32, which goes round at its end. */
function nextVersion(version: number): number {
  return (version + 1) | 0;
}

// gRPC

function ping(client: Client, deadline: number): Promise<ServiceError | null> {
  return new Promise((resolve) => {
    client.makeUnaryRequest(
      PING_PATH,
      () => Buffer.alloc(0),
      () => ({}),
      {},
      new Metadata(),
      { deadline },
      (error) => resolve(error),
    );
  });
}

/** All messages of a call, once the caller has half-closed. */
async function readMessages(stream: http2.ServerHttp2Stream): Promise<Uint8Array[]> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  const messages: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (bytes[at] !== 0) throw new Error("compressed messages are not supported");
    const end = at + 5 + bytes.readUInt32BE(at + 1);
    if (end > bytes.length) throw new Error("a message is cut short");
    messages.push(bytes.subarray(at + 5, end));
    at = end;
  }
  return messages;
}

function respond(stream: http2.ServerHttp2Stream, messages: readonly Uint8Array[]): void {
  stream.respond(
    { ":status": 200, "content-type": "application/grpc+proto", [ORIGINAL_HEADER]: "yes" },
    { waitForTrailers: true },
  );
  stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": String(GRPC_OK) }));
  for (const message of messages) {
    const prefix = Buffer.alloc(5);
    prefix.writeUInt32BE(message.length, 1);
    stream.write(Buffer.concat([prefix, message]));
  }
  stream.end();
}

function refuse(stream: http2.ServerHttp2Stream, status: number, message: string): void {
  stream.respond(
    {
      ":status": 200,
      "content-type": "application/grpc+proto",
      "grpc-status": String(status),
      "grpc-message": encodeURIComponent(message),
    },
    { endStream: true },
  );
}

// The codec: addr = 1, version = 2 (int32), deleted = 3, name = 4

const WIRE_VARINT = 0;
const WIRE_BYTES = 2;

export function encodeRecord(record: OriginalRecord): Buffer {
  return Buffer.concat([
    encodeText(1, record.addr),
    record.version === 0 ? Buffer.alloc(0) : encodeField(2, WIRE_VARINT, varint(record.version)),
    record.deleted ? encodeField(3, WIRE_VARINT, varint(1)) : Buffer.alloc(0),
    encodeText(4, record.name),
    record.unknown,
  ]);
}

export function decodeRecord(bytes: Uint8Array): OriginalRecord {
  let { addr, version, deleted, name } = blankRecord("");
  const unknown: Uint8Array[] = [];
  const reader = new Reader(bytes);
  while (!reader.atEnd()) {
    const began = reader.at;
    const tag = Number(reader.varint());
    const value = reader.value(tag & 7);
    const isText = value instanceof Uint8Array;
    if (tag === ((1 << 3) | WIRE_BYTES) && isText) addr = text(value);
    else if (tag === ((2 << 3) | WIRE_VARINT) && !isText)
      version = Number(BigInt.asIntN(32, value));
    else if (tag === ((3 << 3) | WIRE_VARINT) && !isText) deleted = value !== 0n;
    else if (tag === ((4 << 3) | WIRE_BYTES) && isText) name = text(value);
    else unknown.push(bytes.subarray(began, reader.at));
  }
  return { addr, version, deleted, name, unknown: Buffer.concat(unknown) };
}

function text(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
}

function encodeText(field: number, value: string): Buffer {
  if (value === "") return Buffer.alloc(0);
  const bytes = Buffer.from(value);
  return encodeField(field, WIRE_BYTES, Buffer.concat([varint(bytes.length), bytes]));
}

function encodeField(field: number, wireType: number, payload: Uint8Array): Buffer {
  return Buffer.concat([varint((field << 3) | wireType), payload]);
}

/** Negative numbers take ten bytes, as 64 bits of two's complement. */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

class Reader {
  at = 0;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  atEnd(): boolean {
    return this.at >= this.#bytes.length;
  }

  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#bytes[this.at++];
      if (byte === undefined) throw new Error("a record is cut short");
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new Error("a varint is too long");
  }

  /** The payload of a field: a number for varints, the bytes for all else. */
  value(wireType: number): bigint | Uint8Array {
    switch (wireType) {
      case WIRE_VARINT:
        return this.varint();
      case WIRE_BYTES:
        return this.#take(Number(this.varint()));
      case 1:
        return this.#take(8);
      case 5:
        return this.#take(4);
      default:
        throw new Error(`wire type ${wireType} is not supported`);
    }
  }

  #take(length: number): Uint8Array {
    const end = this.at + length;
    if (end > this.#bytes.length) throw new Error("a record is cut short");
    const bytes = this.#bytes.subarray(this.at, end);
    this.at = end;
    return bytes;
  }
}
