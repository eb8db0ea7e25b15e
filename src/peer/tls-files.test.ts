import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { TestAuthority } from "../../test/support/certificates.js";
import { testFolder } from "../../test/support/folder.js";
import { errorOf } from "../../test/support/peers.js";
import { readTls } from "./tls-files.js";

const MAX_PEM_BYTES = 1_048_576;

describe("a PEM file", () => {
  test("is read when it has as many bytes as it may, and refused when it has one more", async () => {
    const material = await (await TestAuthority.make()).issue();
    const ca = join(testFolder(), "ca.pem");
    writeFileSync(ca, material.ca.padEnd(MAX_PEM_BYTES, "\n"));
    expect((await readTls({ ...material, ca })).ca).toHaveLength(MAX_PEM_BYTES);
    writeFileSync(ca, material.ca.padEnd(MAX_PEM_BYTES + 1, "\n"));
    const error = await errorOf(readTls({ ...material, ca }));
    expect(error.code).toBe("INVALID_TLS");
    expect(error.message).toBe(`tls.ca ${ca} is larger than 1 MiB: name the right file`);
  });

  test("that never ends is refused, and not read", async () => {
    const material = await (await TestAuthority.make()).issue();
    const error = await errorOf(readTls({ ...material, key: "/dev/zero" }));
    expect(error.message).toMatch(/^tls\.key \/dev\/zero is a device, and no regular file/);
  });
});
