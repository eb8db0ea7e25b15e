// `gossip certs`, and an agent with what it makes: TLS on both ports, and the commands that ask it.

import { once } from "node:events";
import { readFileSync, statSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";
import { gossip, startGossip } from "../support/command.js";
import { eventually } from "../support/eventually.js";
import { testFolder } from "../support/folder.js";
import { unusedAddress } from "../support/hosts.js";

interface Shown {
  readonly cert: string;
  readonly key: string;
  readonly name: string;
  readonly issuer: string;
  readonly isAuthority: boolean;
  readonly hosts: readonly string[];
  readonly peers: readonly string[];
  readonly notAfter: string;
  readonly fingerprint: string;
}

const DAY_MS = 86_400_000;

/** Runs `gossip certs` in that folder, and gives what it prints as JSON. */
async function certs(cwd: string, ...argv: string[]): Promise<Shown> {
  const ended = await gossip(["certs", ...argv, "--json"], { cwd });
  expect(ended).toMatchObject({ code: 0, stderr: "" });
  return JSON.parse(ended.stdout) as Shown;
}

test("an authority is made, signs, and is not made twice", async () => {
  const cwd = testFolder();
  const authority = await certs(cwd, "init", "--name", "my CA");
  expect(authority).toMatchObject({ name: "my CA", issuer: "my CA", isAuthority: true });
  expect(statSync(join(cwd, authority.key)).mode & 0o777).toBe(0o600);
  const issued = await certs(
    cwd,
    "issue",
    "one",
    "--peer",
    "10.0.0.5:7946",
    "--host",
    "one.internal",
  );
  expect(issued).toMatchObject({
    name: "one",
    issuer: "my CA",
    isAuthority: false,
    hosts: ["one.internal", "10.0.0.5"],
    peers: ["10.0.0.5:7946"],
  });
  expect(statSync(join(cwd, issued.key)).mode & 0o777).toBe(0o600);
  const { cert: _cert, key: _key, ...facts } = issued;
  expect(await certs(cwd, "show", issued.cert)).toEqual({ ...facts, cert: issued.cert });
  const again = [
    await gossip(["certs", "init"], { cwd }),
    await gossip(["certs", "issue", "one"], { cwd }),
  ];
  for (const ended of again) {
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/^gossip: certs\/\w+\.pem is there already: /);
  }
});

test("a certificate is renewed for the same names, with another key", async () => {
  const cwd = testFolder();
  await certs(cwd, "init");
  const before = await certs(cwd, "issue", "one", "--peer", "[fd00::5]:7946", "--host", "one");
  const oldKey = readFileSync(join(cwd, before.key), "utf8");
  const after = await certs(cwd, "renew", "one", "--days", "7");
  expect(after).toMatchObject({ hosts: before.hosts, peers: ["[fd00::5]:7946"] });
  expect(after.fingerprint).not.toBe(before.fingerprint);
  expect(readFileSync(join(cwd, after.key), "utf8")).not.toBe(oldKey);
  const days = (Date.parse(after.notAfter) - Date.now()) / DAY_MS;
  expect(Math.round(days)).toBe(7);
});

test.each([
  [["issue", "one"], 1, "make an authority with gossip certs init"],
  [["renew", "one"], 1, "make an authority with gossip certs init"],
  [["issue", "../one"], 2, "Write letters, digits"],
  [["issue", "ca"], 2, "not ca"],
  [["issue", "one", "--peer", "10.0.0.5"], 2, "Write it as host:port"],
  [["issue", "one", "--host", "10.0.0.5:1:2"], 2, "Write a DNS name or an IP address"],
  [["init", "--days", "0"], 2, "Write a whole number"],
  [["show", "nothing.pem"], 1, "name a certificate, as PEM"],
])("certs %j ends with %i and says what to do", async (argv, code, advice) => {
  const ended = await gossip(["certs", ...argv], { cwd: testFolder() });
  expect(ended.code).toBe(code);
  expect(ended.stderr).toContain(advice);
  expect(ended.stderr.trim().split("\n")).toHaveLength(1);
});

test("agents with such certificates form a cluster, reload them, and are asked by TLS", async () => {
  const cwd = testFolder();
  await certs(cwd, "init");
  const addresses = [await unusedAddress(), await unusedAddress()];
  const admin = await unusedAddress();
  for (const [index, address] of addresses.entries()) {
    await certs(cwd, "issue", `peer${index}`, "--peer", address);
  }
  await certs(cwd, "issue", "operator");
  await writeFile(join(cwd, "token"), "a-token-that-nobody-guesses\n");
  const first = startAgent(cwd, [
    ...settings("peer0", addresses[0]),
    ...["--admin", admin, "--admin-token-file", "token"],
  ]);
  const second = startAgent(cwd, [
    ...settings("peer1", addresses[1]),
    ...["--admin", "none", "--seed", addresses[0] ?? ""],
  ]);
  const asked = ["--admin", admin, "--tls-ca", "certs/ca.pem"];
  await eventually(async () => {
    const { stdout } = await gossip(["members", ...asked], { cwd });
    expect(stdout).toContain("peer1");
  });

  const act = ["info", "set", "zone=eu", ...asked];
  const refused = await gossip(act, { cwd });
  expect(refused).toMatchObject({ code: 4 });
  expect(refused.stderr).toContain("--admin-token-file");
  const shown = ["--tls-cert", "certs/operator.pem", "--tls-key", "certs/operator-key.pem"];
  expect(await gossip([...act, ...shown], { cwd })).toMatchObject({ code: 0 });
  const env = {
    GOSSIP_ADMIN_TOKEN_FILE: "token",
    GOSSIP_TLS_CA: "certs/ca.pem",
    GOSSIP_ADMIN: admin,
  };
  expect(await gossip(["info", "set", "zone=us"], { cwd, env })).toMatchObject({ code: 0 });

  const plain = await gossip(["members", "--admin", admin], { cwd });
  expect(plain).toMatchObject({ code: 3 });
  expect(plain.stderr).toContain("--tls-ca");

  const { fingerprint } = await certs(cwd, "renew", "peer1");
  second.child.kill("SIGHUP");
  await eventually(() => expect(second.lines.join("\n")).toContain("certificates reloaded"));
  expect(fingerprint).toMatch(/^[\dA-F:]+$/);
  expect(first.lines.join("\n")).not.toContain('"level":"error"');
}, 60_000);

test("a part of the certificates is none", async () => {
  const ended = await gossip(["agent", "--tls-ca", "ca.pem", "--check"]);
  expect(ended).toMatchObject({ code: 2 });
  expect(ended.stderr).toContain("give all three, or none");
});

test("an admin address that others reach needs a token, TLS or --read-only", async () => {
  const ended = await gossip(["agent", "--listen", "127.0.0.1:0", "--admin", "0.0.0.0:0"]);
  expect(ended).toMatchObject({ code: 2 });
  expect(ended.stderr).toContain("--read-only");
});

function settings(name: string, listen: string | undefined): string[] {
  const files = ["--tls-cert", `certs/${name}.pem`, "--tls-key", `certs/${name}-key.pem`];
  return ["--name", name, "--listen", listen ?? "", "--tls-ca", "certs/ca.pem", ...files];
}

function startAgent(cwd: string, argv: readonly string[]) {
  const child = startGossip(["agent", "--log-format", "json", ...argv], { cwd });
  const lines: string[] = [];
  createInterface(child.stdout).on("line", (line) => lines.push(line));
  const closed = once(child, "close");
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await closed;
  });
  return { child, lines };
}
