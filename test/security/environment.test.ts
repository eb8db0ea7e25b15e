// What the environment asks for (no checks of certificates, other authorities, proxies, files for keys)
// decides about no connection of a peer, of an agent or of a command: what their options say is so.

import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, createServer, type Server } from "node:net";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { httpCheck } from "../../src/cli/http-check.js";
import { DEFAULT_LIMITS } from "../../src/core/limits.js";
import { GrpcTransport } from "../../src/transport/grpc.js";
import type { TlsFailure } from "../../src/transport/tls-refusal.js";
import { type TlsMaterial, TransportTls } from "../../src/transport/transport-tls.js";
import { startAgent } from "../support/agent.js";
import { TestAuthority } from "../support/certificates.js";
import { gossip } from "../support/command.js";
import { eventually } from "../support/eventually.js";
import { testFolder } from "../support/folder.js";
import { startPeer } from "../support/peers.js";
import { callBy, closedAtEnd, errorOf, message } from "../transport/calling.js";

const SECRET = "a-secret-of-the-cluster";

let own: TlsMaterial;
let rogue: TlsMaterial;

beforeAll(async () => {
  own = await (await TestAuthority.make()).issue();
  rogue = await (await TestAuthority.make("of somebody else")).issue();
});

/** A server whose certificate is of another authority, and all that it was sent by those who took it. */
async function startRogue(): Promise<{ readonly address: string; readonly received: Buffer[] }> {
  const received: Buffer[] = [];
  const options = { ...rogue, ALPNProtocols: ["h2", "http/1.1"] };
  const server = createTlsServer(options, (socket) => {
    socket.on("error", () => {}).on("data", (bytes: Buffer) => received.push(bytes));
  });
  return { address: await listening(server), received };
}

async function listening(server: Server): Promise<string> {
  onTestFinished(() => void server.close());
  await once(server.listen(0, "127.0.0.1"), "listening");
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Certificates as files of a command. */
function tlsFiles(material: TlsMaterial): { readonly ca: string; readonly flags: string[] } {
  const folder = testFolder();
  const path = (name: keyof TlsMaterial): string => join(folder, `${name}.pem`);
  for (const name of ["ca", "cert", "key"] as const) writeFileSync(path(name), material[name]);
  const flags = ["--tls-ca", path("ca"), "--tls-cert", path("cert"), "--tls-key", path("key")];
  return { ca: path("ca"), flags };
}

function tokenFile(): string {
  const path = join(testFolder(), "token");
  writeFileSync(path, SECRET);
  return path;
}

describe("NODE_TLS_REJECT_UNAUTHORIZED=0", () => {
  const env = { NODE_TLS_REJECT_UNAUTHORIZED: "0" };

  function setHere(): void {
    vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
    onTestFinished(() => void vi.unstubAllEnvs());
  }

  test("takes the check of who answers from no link", async () => {
    setHere();
    const { address, received } = await startRogue();
    const peer = await startPeer({ tls: own, cluster: SECRET, seeds: [address] });
    await eventually(() => expect(peer.stats().tlsRefused.untrusted).toBeGreaterThan(1));
    expect(Buffer.concat(received).toString()).toBe("");
  });

  test("takes it from no call either", async () => {
    setHere();
    const { address, received } = await startRogue();
    const failures: TlsFailure[] = [];
    const tls = new TransportTls(own, (failure) => failures.push(failure));
    const transport = closedAtEnd(new GrpcTransport(DEFAULT_LIMITS, { tls }));
    const outcome = await callBy(transport, { address, messages: [message(SECRET)] });
    expect(errorOf(outcome).code).toBe("CALL_UNREACHABLE");
    expect(failures.map(({ cause }) => cause)).toContain("untrusted");
    expect(Buffer.concat(received).toString()).toBe("");
  });

  test("lets in no caller without a certificate of the cluster", async () => {
    setHere();
    const peer = await startPeer({ tls: own });
    const caller = await startPeer({ tls: { ...rogue, ca: own.ca }, seeds: [peer.address] });
    await eventually(() => expect(peer.stats().tlsRefused.untrusted).toBeGreaterThan(0));
    expect(caller.members().size).toBe(1);
    expect(peer.members().size).toBe(1);
  });

  test("has no command send its token to whoever answers", async () => {
    const { address, received } = await startRogue();
    const flags = ["--admin", address, "--tls-ca", tlsFiles(own).ca];
    const action = ["info", "set", "a=b", "--admin-token-file", tokenFile(), ...flags];
    const { code, stderr } = await gossip(action, { env });
    expect(code).toBe(3);
    expect(stderr).toContain("check that --tls-ca is the authority of the agent");
    expect(Buffer.concat(received).toString()).toBe("");
  });

  test("has no check take anybody for the service", async () => {
    setHere();
    const server = createHttpsServer(rogue, (_request, response) => response.end());
    const check = httpCheck(`https://${await listening(server)}/health`);
    const result = await check(new AbortController().signal);
    expect(result).toEqual({ type: "failing", reason: expect.stringMatching(/SIGNATURE|CERT/) });
  });
});

describe("NODE_EXTRA_CA_CERTS", () => {
  test("is trusted by no peer and no command that is told whom to trust", async () => {
    const env = { NODE_EXTRA_CA_CERTS: tlsFiles(rogue).ca };
    const { address, received } = await startRogue();
    const files = tlsFiles(own);
    await using agent = await startAgent([...files.flags, "--seed", address], { env });
    await agent.says(new RegExp(`^TLS refused ${address}: its certificate is signed by none`));
    const command = ["members", "--admin", address, "--tls-ca", files.ca];
    expect((await gossip(command, { env })).code).toBe(3);
    expect(Buffer.concat(received).toString()).toBe("");
  });
});

describe("proxies of the environment", () => {
  test("see nothing of links, calls, checks and commands", async () => {
    let connections = 0;
    const proxy = createServer((socket) => {
      connections += 1;
      socket.on("error", () => {}).destroy();
    });
    const url = `http://${await listening(proxy)}`;
    const names = ["http_proxy", "https_proxy", "grpc_proxy", "all_proxy"];
    const both = names.flatMap((name) => [name, name.toUpperCase()]);
    const env = {
      ...Object.fromEntries(both.map((name) => [name, url])),
      // From Node 24 on, these have fetch and the agents of HTTP use the others.
      NODE_USE_ENV_PROXY: "1",
      no_proxy: "",
      NO_PROXY: "",
    };
    const service = createHttpServer((_request, response) => response.end());
    const checked = `http://${await listening(service)}/health`;
    const token = ["--admin-token-file", tokenFile()];
    // The protocol of the original goes by calls of grpc-js.
    for (const failureDetection of ["suspicion", "immediate"]) {
      const flags = ["--failure-detection", failureDetection, ...token];
      await using first = await startAgent(flags, { env });
      const second = ["--seed", first.address, "--check-http", checked, ...flags];
      await using agent = await startAgent(second, { env });
      await agent.says(`listed ${first.address}`);
      await agent.says("the service passes its check");
      const action = ["info", "set", "a=b", "--admin", agent.admin, ...token];
      expect((await gossip(action, { env })).code).toBe(0);
    }
    expect(connections).toBe(0);
  });
});

test("SSLKEYLOGFILE has the keys of no link written down", async () => {
  const file = join(testFolder(), "keys");
  const env = { SSLKEYLOGFILE: file };
  const { flags } = tlsFiles(own);
  await using first = await startAgent(flags, { env });
  await using second = await startAgent([...flags, "--seed", first.address], { env });
  await second.says(`listed ${first.address}`);
  expect(existsSync(file)).toBe(false);
});
