// The admin service elsewhere than on loopback: what its actions need, and how it speaks TLS.

import { once } from "node:events";
import { connect as connectHttp2, type IncomingHttpHeaders } from "node:http2";
import { createClient, type Interceptor } from "@connectrpc/connect";
import {
  createConnectTransport,
  createGrpcTransport,
  Http2SessionManager,
} from "@connectrpc/connect-node";
import type { Admin, AdminOptions } from "gossip/admin";
import { startAdmin } from "gossip/admin";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { AdminService } from "../../src/gen/gossip/admin/v1/admin_pb.js";
import type { TlsMaterial } from "../../src/transport/transport-tls.js";
import { serve, startAgent } from "../admin/clients.js";
import { TestAuthority } from "../support/certificates.js";
import { errorOf, startPeer } from "../support/peers.js";

const TOKEN = "a-token-that-nobody-guesses";
const authority = await TestAuthority.make();
const own = await authority.issue();
const stranger = await (await TestAuthority.make("another")).issue();

interface ClientSetup {
  readonly token?: string;
  readonly cert?: TlsMaterial;
}

/** A client by Connect and HTTP/1.1, and one by gRPC and HTTP/2. */
function clientsOf({ url: baseUrl }: Admin, { token, cert }: ClientSetup = {}) {
  const bearing: Interceptor = (next) => (request) => {
    if (token !== undefined) request.header.set("Authorization", `Bearer ${token}`);
    return next(request);
  };
  const nodeOptions = { ca: own.ca, ...(cert !== undefined && { cert: cert.cert, key: cert.key }) };
  const sessionManager = new Http2SessionManager(baseUrl, undefined, nodeOptions);
  onTestFinished(() => sessionManager.abort());
  const interceptors = [bearing];
  return [
    createConnectTransport({ baseUrl, httpVersion: "1.1", interceptors, nodeOptions }),
    createGrpcTransport({ baseUrl, interceptors, sessionManager }),
  ].map((transport) => createClient(AdminService, transport));
}

/** What comes of an action, by each protocol: undefined when it was done. */
async function actionFaults(admin: Admin, setup: ClientSetup = {}): Promise<unknown[]> {
  const faults: unknown[] = [];
  for (const client of clientsOf(admin, setup)) {
    faults.push(await client.setInfo({ name: "renamed" }).then(() => undefined, messageOf));
  }
  return faults;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const DONE = [undefined, undefined];
const REFUSED = [
  expect.stringMatching(/^\[unauthenticated\]/),
  expect.stringMatching(/^\[unauthenticated\]/),
];

describe("elsewhere than on loopback", () => {
  test("the service does not start without a token, TLS or read-only", async () => {
    const peer = await startPeer();
    for (const address of ["0.0.0.0:0", "[::]:0", "10.0.0.1:0", "gossip.internal:0"]) {
      const error = await errorOf(startAdmin(peer, { address }));
      expect(error.code).toBe("INVALID_OPTION");
      expect(error.message).toContain("is not loopback");
      expect(error.message).toContain("--admin-token-file");
    }
  });

  test.each<AdminOptions>([{ token: TOKEN }, { tls: own }, { isReadOnly: true }])(
    "it starts with one of them",
    async (options) => {
      const peer = await startPeer();
      await serve(peer, { address: "0.0.0.0:0", ...options });
    },
  );
});

describe("a token", () => {
  test("is what each action needs, also on loopback; what is read needs none", async () => {
    const { admin, peer } = await startAgent({}, { token: TOKEN });
    expect(await actionFaults(admin)).toEqual(REFUSED);
    expect(await actionFaults(admin, { token: `${TOKEN}x` })).toEqual(REFUSED);
    expect(await actionFaults(admin, { token: TOKEN.slice(0, -1) })).toEqual(REFUSED);
    expect(peer.info.name).toBe("");
    const [client] = clientsOf(admin);
    for (const act of [
      client?.join({ addresses: ["127.0.0.1:1"] }),
      client?.leave({}),
      client?.forget({ address: "127.0.0.1:1" }),
    ]) {
      await expect(act).rejects.toThrow("[unauthenticated]");
    }
    expect(await client?.getHealth({})).toMatchObject({ address: peer.address });
    expect((await fetch(`${admin.url}/v1/members`)).status).toBe(200);
    expect(await actionFaults(admin, { token: TOKEN })).toEqual(DONE);
    expect(peer.info.name).toBe("renamed");
  });

  test.each(["short", "with a space in it, alas", "", `${"x".repeat(1_025)}`])(
    "is not %j, and is in no message",
    async (token) => {
      const error = await errorOf(startAdmin(await startPeer(), { token }));
      expect(error.code).toBe("INVALID_OPTION");
      if (token !== "") expect(error.message).not.toContain(token);
    },
  );
});

describe("over TLS", () => {
  test("everyone reads, and those with a certificate of the CA act", async () => {
    const { admin, peer } = await startAgent({}, { tls: own });
    expect(admin.url).toMatch(/^https:/);
    for (const client of clientsOf(admin)) {
      expect(await client.getHealth({})).toMatchObject({ address: peer.address });
    }
    expect(await actionFaults(admin)).toEqual(REFUSED);
    expect(await actionFaults(admin, { cert: stranger })).toEqual(REFUSED);
    expect(await actionFaults(admin, { cert: await authority.selfSigned() })).toEqual(REFUSED);
    expect(await actionFaults(admin, { token: TOKEN })).toEqual(REFUSED);
    expect(await actionFaults(admin, { cert: own })).toEqual(DONE);
  });

  test("the token serves as well", async () => {
    const { admin } = await startAgent({}, { tls: own, token: TOKEN });
    expect(await actionFaults(admin)).toEqual(REFUSED);
    expect(await actionFaults(admin, { token: TOKEN })).toEqual(DONE);
    expect(await actionFaults(admin, { cert: own })).toEqual(DONE);
  });

  test("a caller that is not known is told so before it has sent anything", async () => {
    const { admin } = await startAgent({}, { token: TOKEN });
    const session = connectHttp2(admin.url);
    onTestFinished(() => session.destroy());
    for (const [type, status] of [
      ["application/json", 401],
      ["application/grpc", 200],
    ] as const) {
      const call = session.request({
        ":method": "POST",
        ":path": "/gossip.admin.v1.AdminService/SetInfo",
        "content-type": type,
      });
      call.on("error", () => {}).resume();
      const [headers] = (await once(call, "response")) as [IncomingHttpHeaders];
      expect(headers[":status"]).toBe(status);
      if (status === 200) expect(headers["grpc-status"]).toBe("16");
      await once(call, "close");
    }
  });

  test("a certificate that has ended acts no more", async () => {
    const { admin } = await startAgent({}, { tls: own });
    const past = await authority.issue({ from: -7_200_000, to: -3_600_000 });
    expect(await actionFaults(admin, { cert: past })).toEqual(REFUSED);
  });

  test("plain text is not answered", async () => {
    const { admin } = await startAgent({}, { tls: own });
    await expect(fetch(admin.url.replace("https", "http"))).rejects.toThrow();
  });

  test("certificates are reloaded", async () => {
    const { admin } = await startAgent({}, { tls: own });
    const next = await TestAuthority.make("the next");
    await admin.reloadTls(await next.issue({}, [next, authority]));
    const [client] = clientsOf(admin);
    await expect(client?.getHealth({})).rejects.toThrow(/certificate/);
    const error = await errorOf(admin.reloadTls({ ...own, key: "/nowhere" }));
    expect(error.code).toBe("INVALID_TLS");
    expect(error.message).toMatch(/^admin: tls\.key \/nowhere cannot be read/);
  });

  test("whose authority is trusted no longer, a certificate acts no more, on its connection neither", async () => {
    const former = await TestAuthority.make("the former");
    const operator = await former.issue({}, [authority]);
    const { admin } = await startAgent({}, { tls: { ...own, ca: [own.ca, former.keys.cert] } });
    const clients = clientsOf(admin, { cert: operator });
    const act = () =>
      Promise.all(
        clients.map((client) => client.setInfo({ name: "a" }).then(() => undefined, messageOf)),
      );
    expect(await act()).toEqual(DONE);
    await admin.reloadTls(own);
    for (const fault of await act()) expect(fault).toBeDefined();
    expect(await actionFaults(admin, { cert: own })).toEqual(DONE);
  });

  test("certificates that cannot be read are named, and nothing follows the peer", async () => {
    const peer = await startPeer();
    const events = vi.spyOn(peer, "events");
    const error = await errorOf(serve(peer, { tls: { ...own, cert: "/nowhere" } }));
    expect(error.message).toMatch(/^admin: tls\.cert \/nowhere cannot be read/);
    expect(events).not.toHaveBeenCalled();
  });
});
