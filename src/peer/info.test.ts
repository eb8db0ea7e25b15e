// The check of an info by itself: what is taken, copied and refused.

import { describe, expect, test } from "vitest";
import { DEFAULT_LIMITS, type Limits } from "../core/limits.js";
import type { PeerInfo } from "../core/record.js";
import { checkInfo } from "./info.js";

const HALF_A_PAIR = "\ud800";

function check(info: unknown, limits: Partial<Limits> = {}): PeerInfo {
  return checkInfo(info as PeerInfo, { ...DEFAULT_LIMITS, ...limits });
}

function expectRefused(info: unknown, message: string, limits: Partial<Limits> = {}): void {
  expect(() => check(info, limits)).toThrow(
    expect.objectContaining({
      code: "INVALID_INFO",
      message: expect.stringContaining(message),
    }),
  );
}

test("an info is copied, and only what belongs to it", () => {
  expect(check({ name: "mine", password: "secret" })).toEqual({ name: "mine" });
  expect(check({ name: "mine", metadata: undefined })).toEqual({ name: "mine" });
});

test.each([undefined, null, {}, { name: 5 }, { metadata: {} }])("%j has no name", (info) => {
  expectRefused(info, "info.name");
});

test("a name is measured in bytes of UTF-8", () => {
  const limits = { maxNameBytes: 4 };
  expect(check({ name: "é".repeat(2) }, limits)).toEqual({ name: "éé" });
  expectRefused({ name: "é".repeat(3) }, "6 bytes", limits);
});

test("a name is no half of a surrogate pair", () => {
  expectRefused({ name: HALF_A_PAIR }, "info.name");
});

describe("metadata", () => {
  test("are text and bytes by their keys", () => {
    const metadata = { role: "db", zone: "", "key with spaces": "é😀", id: Uint8Array.of(0, 255) };
    expect(check({ name: "", metadata })).toEqual({ name: "", metadata });
  });

  test("may be none", () => {
    expect(check({ name: "", metadata: {} })).toEqual({ name: "", metadata: {} });
  });

  test("are copies, with their bytes", () => {
    const bytes = Uint8Array.of(1, 2, 3);
    const metadata: Record<string, string | Uint8Array> = { role: "db", bytes };
    const { metadata: copied } = check({ name: "", metadata });
    bytes[0] = 9;
    metadata["role"] = "web";
    metadata["more"] = "more";
    expect(copied).toEqual({ role: "db", bytes: Uint8Array.of(1, 2, 3) });
  });

  test("hold the bytes of a buffer that is a part of a larger one", () => {
    const part = Buffer.from("0123456789").subarray(2, 5);
    const { metadata } = check({ name: "", metadata: { part } });
    expect(metadata?.["part"]).toEqual(Uint8Array.from(Buffer.from("234")));
  });

  test.each([null, 5, "text", ["a"]])("are no %j", (metadata) => {
    expectRefused({ name: "", metadata }, "info.metadata must be an object");
  });

  test.each([5, null, undefined, true, {}, [1]])("have no value %j", (value) => {
    expectRefused({ name: "", metadata: { key: value } }, "info.metadata.key");
  });

  test("have no half of a surrogate pair", () => {
    expectRefused({ name: "", metadata: { key: HALF_A_PAIR } }, "info.metadata.key");
    expectRefused({ name: "", metadata: { [HALF_A_PAIR]: "" } }, "keys are well-formed");
  });

  test("have keys of 1 byte or more, and no more than the limit", () => {
    const limits = { maxMetadataKeyBytes: 4 };
    expect(check({ name: "", metadata: { éé: "" } }, limits).metadata).toEqual({ éé: "" });
    expectRefused({ name: "", metadata: { ééé: "" } }, "1 to 4 bytes", limits);
    expectRefused({ name: "", metadata: { "": "" } }, "1 to 4 bytes", limits);
  });

  test("have no more keys than the limit", () => {
    const limits = { maxMetadataKeys: 2 };
    expect(check({ name: "", metadata: { a: "", b: "" } }, limits).metadata).toEqual({
      a: "",
      b: "",
    });
    expectRefused({ name: "", metadata: { a: "", b: "", c: "" } }, "3 keys", limits);
  });

  test("have no more bytes than the limit, keys and values together", () => {
    const limits = { maxMetadataBytes: 10 };
    const metadata = { ab: "éé", cd: Uint8Array.of(1, 2) };
    expect(check({ name: "", metadata }, limits).metadata).toEqual(metadata);
    expectRefused({ name: "", metadata: { ...metadata, e: "" } }, "takes 11 bytes", limits);
  });
});
