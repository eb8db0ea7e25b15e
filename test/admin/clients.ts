// Clients of the admin service, one for each protocol that it speaks, and a service to ask.

import { type CallOptions, createClient, type Transport } from "@connectrpc/connect";
import {
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
  Http2SessionManager,
} from "@connectrpc/connect-node";
import type { Peer } from "gossip";
import { type Admin, type AdminOptions, startAdmin } from "gossip/admin";
import { onTestFinished } from "vitest";
import { AdminService } from "../../src/gen/gossip/admin/v1/admin_pb.js";
import { startPeer, type TestPeerOptions } from "../support/peers.js";

/** A peer with its admin service; both end with the test. */
export async function startAgent(
  peerOptions: TestPeerOptions = {},
  adminOptions: AdminOptions = {},
): Promise<{ readonly peer: Peer; readonly admin: Admin }> {
  const peer = await startPeer(peerOptions);
  return { peer, admin: await serve(peer, adminOptions) };
}

/** The admin service of that peer, on a free port, until the test ends. */
export async function serve(peer: Peer, options: AdminOptions = {}): Promise<Admin> {
  const admin = await startAdmin(peer, { address: "127.0.0.1:0", ...options });
  onTestFinished(() => admin.close());
  return admin;
}

/** The protocols by which the service can be asked. */
export const PROTOCOLS = ["grpc", "grpc-web", "connect", "connect-json", "connect-get"] as const;

/** One of {@link PROTOCOLS}. */
export type Protocol = (typeof PROTOCOLS)[number];

/** A client of the whole service. */
export function clientOf(admin: Admin, protocol: Protocol = "grpc") {
  return createClient(AdminService, transportTo(admin, protocol));
}

function transportTo({ url: baseUrl }: Admin, protocol: Protocol): Transport {
  switch (protocol) {
    case "grpc": {
      const sessionManager = new Http2SessionManager(baseUrl);
      onTestFinished(() => sessionManager.abort());
      return createGrpcTransport({ baseUrl, sessionManager });
    }
    case "grpc-web":
      return createGrpcWebTransport({ baseUrl, httpVersion: "1.1" });
    case "connect":
      return createConnectTransport({ baseUrl, httpVersion: "1.1" });
    case "connect-json":
      return createConnectTransport({ baseUrl, httpVersion: "1.1", useBinaryFormat: false });
    case "connect-get":
      return createConnectTransport({ baseUrl, httpVersion: "1.1", useHttpGet: true });
    default:
      return protocol satisfies never;
  }
}

/**
 * The first answer that `isWanted` of a stream, which is then ended: to stop reading alone would leave
 * the call open.
 */
export async function firstOf<T>(
  open: (options: CallOptions) => AsyncIterable<T>,
  isWanted: (answer: T) => boolean = () => true,
): Promise<T> {
  const abort = new AbortController();
  try {
    for await (const answer of open({ signal: abort.signal })) if (isWanted(answer)) return answer;
  } finally {
    abort.abort();
  }
  throw new Error("the stream ended before what was wanted came");
}

/** Changes the name, and waits until watchers could have been told. */
export async function rename(peer: Peer, admin: Admin, name: string): Promise<void> {
  peer.updateInfo({ name });
  const client = clientOf(admin);
  await firstOf(
    (options) => client.watchEvents({ latest: 1 }, options),
    ({ event }) => event?.member?.info?.name === name,
  );
}
