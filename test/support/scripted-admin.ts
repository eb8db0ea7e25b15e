// An admin service that answers what a test tells it to, over HTTP/1.1.

import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { ServiceImpl } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { AdminService } from "../../src/gen/gossip/admin/v1/admin_pb.js";

/** Where it listens, and how it ends. */
export interface ScriptedAdmin extends AsyncDisposable {
  readonly address: string;
}

/** Serves the methods that are given; the others are unimplemented, but for the health. */
export async function serveAdmin(
  methods: Partial<ServiceImpl<typeof AdminService>>,
  port = 0,
): Promise<ScriptedAdmin> {
  const handler = connectNodeAdapter({
    routes: (router) => {
      router.service(AdminService, { getHealth: () => ({ joined: true }), ...methods });
    },
  });
  const server = createServer(handler).listen(port, "127.0.0.1");
  await once(server, "listening");
  const { port: bound } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${bound}`,
    async [Symbol.asyncDispose]() {
      const closed = once(server.close(), "close");
      server.closeAllConnections();
      await closed;
    },
  };
}
