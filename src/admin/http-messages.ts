// A request and its response, of either version of HTTP.

import type { IncomingMessage } from "node:http";
import type { Http2ServerRequest } from "node:http2";
import type { universalResponseToNodeResponse } from "@connectrpc/connect-node";

/** A request of HTTP/1.1 or HTTP/2. */
export type AdminRequest = IncomingMessage | Http2ServerRequest;

/** What it is answered with. */
export type AdminResponse = Parameters<typeof universalResponseToNodeResponse>[1];
