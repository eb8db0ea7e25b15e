// The wire contract of proto/gossip.proto, byte by byte. Programs that this package does not control
// speak it too: where this test fails, the change is wrong, not the test.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { create, type DescMessage, fromBinary, ScalarType, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { describe, expect, test } from "vitest";
import {
  file_gossip,
  GossipService,
  PeerDataSchema,
  PingMessageSchema,
  PongMessageSchema,
} from "../../src/gen/gossip_pb.js";
import {
  EMPTY_MESSAGE,
  encodeRecord,
  PING_METHOD,
  SHARE_DATA_METHOD,
} from "../../src/wire/seed-dialect.js";

/** The bytes of text, as they stand in a message. */
function text(characters: string): string {
  return Buffer.from(characters).toString("hex");
}

function bytesOf(...parts: readonly string[]): string {
  return parts.join("").replaceAll(" ", "");
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, "hex"));
}

/** The `FileDescriptorProto` of gossip.proto, as every compiler of protobuf gives it. */
const DESCRIPTOR = bytesOf(
  `0a0c ${text("gossip.proto")}`,
  `220d 0a0b ${text("PingMessage")}`,
  `220d 0a0b ${text("PongMessage")}`,
  `2266 0a08 ${text("PeerData")}`,
  // Each with its name, its number, "optional", its type and its name in JSON.
  `1212 0a04 ${text("addr")} 1801 2001 2809 5204 ${text("addr")}`,
  `1218 0a07 ${text("version")} 1802 2001 2805 5207 ${text("version")}`,
  `1218 0a07 ${text("deleted")} 1803 2001 2808 5207 ${text("deleted")}`,
  `1212 0a04 ${text("name")} 1804 2001 2809 5204 ${text("name")}`,
  `325a 0a0d ${text("GossipService")}`,
  `1222 0a04 ${text("Ping")} 120c ${text(".PingMessage")} 1a0c ${text(".PongMessage")}`,
  // The last two: the caller streams, and so does the one that answers.
  `1225 0a09 ${text("ShareData")} 1209 ${text(".PeerData")} 1a09 ${text(".PeerData")} 2801 3001`,
  `6206 ${text("proto3")}`,
);
/** A `FileDescriptorSet` of this one file, 248 bytes long. */
const DESCRIPTOR_SET = bytesOf("0af801", DESCRIPTOR);

/** Compiles proto/gossip.proto by itself, with no use of the network. */
function compile(): string {
  const root = fileURLToPath(new URL("../../", import.meta.url));
  const buf = fileURLToPath(new URL("../../node_modules/@bufbuild/buf/bin/buf", import.meta.url));
  const options = ["--as-file-descriptor-set", "--exclude-source-info", "--output", "-#format=bin"];
  const run = spawnSync(
    process.execPath,
    [buf, "build", "proto", "--path", "proto/gossip.proto", ...options],
    { cwd: root },
  );
  if (run.status !== 0) throw new Error(`buf build failed: ${run.stderr}`, { cause: run.error });
  return hexOf(run.stdout);
}

function fieldsOf(message: DescMessage): unknown[] {
  return message.fields.map((field) => [
    field.number,
    field.name,
    field.fieldKind === "scalar" ? ScalarType[field.scalar] : field.fieldKind,
    field.oneof === undefined ? "alone" : "in a oneof",
  ]);
}

test("the contract as text compiles to exactly these bytes", () => {
  expect(compile()).toBe(DESCRIPTOR_SET);
});

describe("the contract as generated code", () => {
  test("describes itself by these bytes", () => {
    expect(hexOf(toBinary(FileDescriptorProtoSchema, file_gossip.proto))).toBe(DESCRIPTOR);
  });

  test("has these messages, with these fields", () => {
    expect(file_gossip.proto.package).toBe("");
    expect(file_gossip.messages.map((message) => message.typeName)).toEqual([
      "PingMessage",
      "PongMessage",
      "PeerData",
    ]);
    expect(file_gossip.enums).toEqual([]);
    expect(file_gossip.extensions).toEqual([]);
    expect(fieldsOf(PingMessageSchema)).toEqual([]);
    expect(fieldsOf(PongMessageSchema)).toEqual([]);
    expect(fieldsOf(PeerDataSchema)).toEqual([
      [1, "addr", "STRING", "alone"],
      [2, "version", "INT32", "alone"],
      [3, "deleted", "BOOL", "alone"],
      [4, "name", "STRING", "alone"],
    ]);
  });

  test("has one service, with these methods", () => {
    expect(file_gossip.services.map((service) => service.typeName)).toEqual(["GossipService"]);
    const methods = GossipService.methods.map(({ name, methodKind, input, output }) => {
      return [name, methodKind, input.typeName, output.typeName];
    });
    expect(methods).toEqual([
      ["Ping", "unary", "PingMessage", "PongMessage"],
      ["ShareData", "bidi_streaming", "PeerData", "PeerData"],
    ]);
  });

  test("is called by these paths", () => {
    expect(PING_METHOD).toBe("/GossipService/Ping");
    expect(SHARE_DATA_METHOD).toBe("/GossipService/ShareData");
  });
});

describe("the contract as bytes on the wire", () => {
  test("a ping and its answer are empty", () => {
    expect(hexOf(toBinary(PingMessageSchema, create(PingMessageSchema)))).toBe("");
    expect(hexOf(toBinary(PongMessageSchema, create(PongMessageSchema)))).toBe("");
    expect(hexOf(EMPTY_MESSAGE)).toBe("");
  });

  const samples = [
    {
      what: "a record as an original sends it at its start",
      record: { address: "127.0.0.1:53138", version: 0, deleted: false, name: "" },
      bytes: bytesOf(`0a0f ${text("127.0.0.1:53138")}`),
    },
    {
      what: "a record with a name",
      record: { address: "127.0.0.1:7946", version: 1, deleted: false, name: "peer0" },
      bytes: bytesOf(`0a0e ${text("127.0.0.1:7946")} 1001 2205 ${text("peer0")}`),
    },
    {
      what: "a deleted record of one of our peers",
      record: { address: "[::1]:7946", version: 63_072_000, deleted: true, name: "ö" },
      bytes: bytesOf(`0a0a ${text("[::1]:7946")} 1080ce891e 1801 2202 c3b6`),
    },
    {
      what: "a record at the highest version",
      record: { address: "a:1", version: 2 ** 31 - 1, deleted: false, name: "" },
      bytes: bytesOf(`0a03 ${text("a:1")} 10ffffffff07`),
    },
  ];

  test.each(samples)("$what", ({ record, bytes }) => {
    expect(hexOf(encodeRecord(record))).toBe(bytes);
    const { address: addr, ...rest } = record;
    const data = create(PeerDataSchema, { addr, ...rest });
    expect(hexOf(toBinary(PeerDataSchema, data))).toBe(bytes);
    expect(fromBinary(PeerDataSchema, fromHex(bytes))).toEqual(data);
  });

  test("a negative version takes ten bytes", () => {
    const data = create(PeerDataSchema, { version: -1 });
    expect(hexOf(toBinary(PeerDataSchema, data))).toBe("10ffffffffffffffffff01");
  });
});
