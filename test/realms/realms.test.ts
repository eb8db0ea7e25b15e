// The package beside itself: a copy of it in another realm, as Jest and vitest's vmThreads make one for
// each file of tests. Nothing may be decided by a class that the other side has a double of.

import { readdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { deflateRawSync, gzipSync } from "node:zlib";
import { DEFAULT_LIMITS, GossipError, type Peer } from "gossip";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type * as admin from "../../src/admin/index.js";
import type * as rejection from "../../src/core/rejection.js";
import type * as info from "../../src/peer/info.js";
import type * as tlsFiles from "../../src/peer/tls-files.js";
import type * as messages from "../../src/transport/grpc-message.js";
import type * as knocks from "../../src/transport/knock.js";
import type * as resolvers from "../../src/transport/name-resolver.js";
import type * as deflate from "../../src/wire/native-deflate.js";
import { TestAuthority } from "../support/certificates.js";
import { eventually } from "../support/eventually.js";
import { testFolder } from "../support/folder.js";
import { errorCodeOf, errorOf, startPeer } from "../support/peers.js";
import { loadInRealm, type Realm } from "../support/realm.js";
import { RecordingLogger } from "../support/recording-logger.js";

type Library = typeof import("gossip");
type Inside = typeof admin &
  typeof deflate &
  typeof info &
  typeof knocks &
  typeof messages &
  typeof resolvers &
  typeof rejection &
  typeof tlsFiles;

const SOURCE = `
export * from "./src/index.ts";
export { startAdmin } from "./src/admin/index.ts";
export { RejectionCounter } from "./src/core/rejection.ts";
export { checkInfo } from "./src/peer/info.ts";
export { readTls } from "./src/peer/tls-files.ts";
export { MessageReader } from "./src/transport/grpc-message.ts";
export { Knock } from "./src/transport/knock.ts";
export { NameResolver } from "./src/transport/name-resolver.ts";
export { inflated } from "./src/wire/native-deflate.ts";
`;

let realm: Realm<Library & Inside>;

beforeAll(async () => {
  realm = await loadInRealm(SOURCE);
});

async function startForeign(
  options: Omit<Parameters<typeof Peer.start>[0], "address"> = {},
): Promise<Peer> {
  const peer = await realm.exports.Peer.start({ address: "127.0.0.1:0", ...options });
  onTestFinished(() => peer.stop());
  return peer;
}

test("the copy in the other realm is another one", () => {
  expect(realm.exports.GossipError).not.toBe(GossipError);
  expect(realm.run("Error")).not.toBe(Error);
  expect(realm.run("Uint8Array")).not.toBe(Uint8Array);
});

describe("a data directory", () => {
  test("is read, written and locked in another realm as in this one", async () => {
    const dataDir = testFolder();
    const logger = new RecordingLogger();
    const first = await startForeign({ dataDir, logger });
    expect(first.stats()).toMatchObject({ snapshotsWritten: 1, snapshotsFailed: 0 });
    const second = realm.exports.Peer.start({ address: "127.0.0.1:0", dataDir });
    expect(await errorCodeOf(second)).toBe("DATA_DIR_IN_USE");
    expect(await errorCodeOf(startPeer({ dataDir }))).toBe("DATA_DIR_IN_USE");
    await first.stop();
    const third = await startPeer({ dataDir });
    expect(third.stats().snapshotsFailed).toBe(0);
    expect(await errorCodeOf(startForeign({ dataDir }))).toBe("DATA_DIR_IN_USE");
  });
});

describe("GossipError", () => {
  test("is known in each copy as an error of the package", async () => {
    const foreign = await startForeign().then((peer) => errorOf(peer.askLinks("127.0.0.1:1")));
    expect(foreign).toBeInstanceOf(GossipError);
    expect(foreign.code).toBe("UNKNOWN_MEMBER");
    const ours = new GossipError("STOPPED", "it stopped");
    expect(ours instanceof realm.exports.GossipError).toBe(true);
  });

  test("is not what others are", () => {
    class Special extends GossipError {}
    const special = new Special("STOPPED", "it stopped");
    expect(special).toBeInstanceOf(GossipError);
    expect(special).toBeInstanceOf(Special);
    expect(new GossipError("STOPPED", "it stopped")).not.toBeInstanceOf(Special);
    for (const other of [new Error("GossipError"), { code: "STOPPED" }, "STOPPED", null]) {
      expect(other instanceof GossipError).toBe(false);
    }
  });
});

describe("bytes of another realm", () => {
  test("are a value of the metadata", async () => {
    const value = realm.run("Uint8Array.of(1, 2, 3)") as Uint8Array;
    const peer = await startPeer({ info: { name: "", metadata: { key: value } } });
    expect(peer.info.metadata).toEqual({ key: Uint8Array.of(1, 2, 3) });
    const info = { name: "", metadata: { key: Uint8Array.of(4) } };
    const checked = realm.exports.checkInfo(info, DEFAULT_LIMITS);
    expect(checked.metadata?.["key"]).toHaveProperty("length", 1);
  });

  test("are shown by the admin service as what they are", async () => {
    const metadata = { key: Uint8Array.of(1, 2, 3) };
    const seed = await startPeer({ info: { name: "ours", metadata } });
    const peer = await startForeign({ info: { name: "foreign", metadata }, seeds: [seed.address] });
    await eventually(() => expect(peer.members().size).toBe(2));
    const admin = await realm.exports.startAdmin(peer, { address: "127.0.0.1:0" });
    onTestFinished(() => admin.close());
    const response = await fetch(`http://${admin.address}/v1/members`);
    const expected = { key: { data: "AQID" } };
    expect(await response.json()).toMatchObject({
      members: [
        { info: { name: "foreign", metadata: expected } },
        { info: { name: "ours", metadata: expected } },
      ],
    });
  });

  test("are certificates and a key", async () => {
    const { ca, cert, key } = await (await TestAuthority.make()).issue();
    const tls = { ca: Buffer.from(ca), cert: new TextEncoder().encode(cert), key };
    expect(await realm.exports.readTls(tls)).toMatchObject({ ca, cert, key });
  });
});

describe("what Node throws in another realm", () => {
  test("tells whether compressed bytes are too many or are none", () => {
    const rejections = new realm.exports.RejectionCounter();
    const bytes = deflateRawSync(Buffer.alloc(2_000));
    expect(realm.exports.inflated(bytes, 1_000, rejections)).toBeUndefined();
    expect(rejections.take().map(({ reason }) => reason)).toEqual(["inflated-too-long"]);
  });

  test("tells a caller why its compressed message is refused", () => {
    const reader = new realm.exports.MessageReader({
      maxBytes: 1_000,
      encoding: "gzip",
      onMessage: () => {},
    });
    const body = gzipSync(Buffer.alloc(2_000));
    const head = Buffer.of(1, 0, 0, 0, body.length);
    const fault = reader.push(Buffer.concat([head, body]));
    expect(fault?.details).toContain("decompresses to a size larger than max");
  });

  test("tells that a port is closed, whichever addresses its name has", async () => {
    const port = await closedPort();
    for (const host of ["127.0.0.1", "localhost"]) {
      const outcome = await new Promise((resolve) => {
        const names = new realm.exports.NameResolver();
        new realm.exports.Knock(
          { address: `${host}:${port}`, timeoutMs: 5_000 },
          { names },
          resolve,
        );
      });
      expect(outcome).toBe("refused");
    }
  });
});

test("peers of both realms make one cluster", async () => {
  const ours = await startPeer({ name: "ours" });
  const foreign = await startForeign({ info: { name: "foreign" }, seeds: [ours.address] });
  await eventually(() => {
    expect(ours.members().get(foreign.address)?.info.name).toBe("foreign");
    expect(foreign.members().get(ours.address)?.info.name).toBe("ours");
  });
});

test("who may not be dialled is not, though another copy shares this one's gRPC", async () => {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  const seed = `127.0.0.1:${await portOf(server)}`;
  const peer = await startPeer({ failureDetection: "immediate", allowedAddresses: ["127.0.0.2"] });
  const error = await errorOf(peer.addSeed(seed));
  expect(error.message).toContain("no address of it is within allowedAddresses");
  expect(connections).toBe(0);
});

/** Classes of the language and of the web: each realm has its own. */
const DOUBLED =
  /instanceof (\w*Error|\w+Array|ArrayBuffer|DataView|Map|Set|WeakMap|Promise|RegExp|Date|Function|Object|Array|URL|AbortSignal|Headers|Buffer)\b/g;
/** Ours, or of a library that looks at a brand, as GossipError does. */
const TOLD_BY_BRAND: readonly string[] = [
  "CommanderError",
  "ConnectError",
  "GossipError",
  "InvalidArgumentError",
  "WrongNameError",
];

test("no file of the package asks for a class that each realm has for itself", () => {
  const root = fileURLToPath(new URL("../../src", import.meta.url));
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) => {
    return /[.]ts$/.test(name) && !/[.]test[.]ts$/.test(name) && !name.startsWith("dashboard");
  });
  const found = files.flatMap((name) => {
    const text = readFileSync(join(root, name), "utf8");
    return Array.from(text.matchAll(DOUBLED), ([, asked = ""]) => ({ name, asked }));
  });
  expect(files.length).toBeGreaterThan(200);
  expect(found.filter(({ asked }) => !TOLD_BY_BRAND.includes(asked))).toEqual([]);
});

async function closedPort(): Promise<number> {
  const server = createServer();
  const port = await portOf(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function portOf(server: Server): Promise<number> {
  onTestFinished(() => void server.close());
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const bound = server.address();
      resolve(typeof bound === "object" ? (bound?.port ?? 0) : 0);
    });
  });
}
