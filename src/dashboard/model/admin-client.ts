// The only thing that the page talks to: the admin service of the agent that serves it.

import {
  type Client,
  Code,
  ConnectError,
  createClient,
  type Interceptor,
} from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-web";
import { AdminService } from "../../gen/gossip/admin/v1/admin_pb.js";
import { CALL_TIMEOUT_MS } from "./limits.js";

/** What the page can ask of the agent. */
export type AdminClient = Client<typeof AdminService>;

/** What actions need of some agents. It is forgotten when the page is closed. */
let token = "";

/** Has what is asked from now on carry that token. */
export function rememberToken(given: string): void {
  token = given.trim();
}

/** True when the agent takes no action without its token, or without the right one. */
export function isTokenMissing(error: unknown): boolean {
  return ConnectError.from(error).code === Code.Unauthenticated;
}

const bearing: Interceptor = (next) => (request) => {
  if (token !== "") request.header.set("Authorization", `Bearer ${token}`);
  return next(request);
};

/** The client. Same origin, so that the page works wherever the agent is served. */
export const admin: AdminClient = createClient(
  AdminService,
  createConnectTransport({
    baseUrl: new URL(".", document.baseURI).href.replace(/[/]$/, ""),
    useBinaryFormat: true,
    interceptors: [bearing],
  }),
);

/** The options of a question that a person waits for. */
export const asked = { timeoutMs: CALL_TIMEOUT_MS };

/** What to tell a person of a call that failed. */
export function reasonOf(error: unknown): string {
  return ConnectError.from(error).rawMessage;
}
