// The only thing that the page talks to: the admin service of the agent that serves it.

import { type Client, ConnectError, createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-web";
import { AdminService } from "../../gen/gossip/admin/v1/admin_pb.js";
import { CALL_TIMEOUT_MS } from "./limits.js";

/** What the page can ask of the agent. */
export type AdminClient = Client<typeof AdminService>;

/** The client. Same origin, so that the page works wherever the agent is served. */
export const admin: AdminClient = createClient(
  AdminService,
  createConnectTransport({
    baseUrl: new URL(".", document.baseURI).href.replace(/[/]$/, ""),
    useBinaryFormat: true,
  }),
);

/** The options of a question that a person waits for. */
export const asked = { timeoutMs: CALL_TIMEOUT_MS };

/** What to tell a person of a call that failed. */
export function reasonOf(error: unknown): string {
  return ConnectError.from(error).rawMessage;
}
