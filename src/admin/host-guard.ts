// Who may ask: a request has to name this machine, and must not come from a web page of elsewhere.
// Otherwise any page that a browser here has open could drive the peer, by a name that leads here.

import { isLoopback } from "./loopback.js";

/** The parts of a request that say where it was meant to go, and where it is from. */
export interface RequestOrigin {
  /** `Host` of HTTP/1.1, or `:authority`. */
  readonly authority: string | undefined;
  /** The header `Origin`, which browsers send with whatever a page elsewhere asks for. */
  readonly origin: string | undefined;
  /** The headers `Sec-Fetch-Site` and `Sec-Fetch-Mode`. */
  readonly fetchSite: string | undefined;
  readonly fetchMode: string | undefined;
  /** The address of this machine at which the connection came in. */
  readonly localAddress: string | undefined;
}

/** Decides which requests are answered. */
export class HostGuard {
  readonly #allowedHosts: ReadonlySet<string>;

  /** Names and addresses besides loopback and the address at which a connection came in. */
  constructor(allowedHosts: readonly string[]) {
    this.#allowedHosts = new Set(allowedHosts.map((host) => canonical(host)));
  }

  /** Why this request is refused; undefined when it is not. */
  refusal(request: RequestOrigin): string | undefined {
    const { authority, origin } = request;
    const host = authority === undefined ? undefined : hostOf(authority);
    if (host === undefined) return "the request has no Host that can be read";
    if (!this.#isAllowed(host, request.localAddress)) {
      return `the host ${host} is not allowed: use a loopback address, or add it to allowedHosts (gossip agent --admin-allow-host ${host})`;
    }
    if (origin !== undefined && !isSameOrigin(origin, authority)) {
      return `the origin ${origin} is not this service's own: web pages of elsewhere are refused`;
    }
    // A page elsewhere may still point an image or a script here, which sends no Origin.
    const { fetchSite, fetchMode } = request;
    const isElsewhere = fetchSite === "cross-site" || fetchSite === "same-site";
    if (isElsewhere && fetchMode !== "navigate") {
      return "a web page of elsewhere asks: only pages of this service's own may";
    }
    return undefined;
  }

  #isAllowed(host: string, localAddress: string | undefined): boolean {
    if (isLoopback(host) || this.#allowedHosts.has(host)) return true;
    // An address, unlike a name, cannot be made to lead elsewhere by who owns it.
    return localAddress !== undefined && host === canonical(localAddress);
  }
}

/** The host of `host:port`, in the one form in which hosts are compared. */
function hostOf(authority: string): string | undefined {
  const match = /^(\[[\da-f:.]+\]|[\w.-]+)(:\d{1,5})?$/i.exec(authority);
  return match?.[1] === undefined ? undefined : canonical(match[1]);
}

function canonical(host: string): string {
  const bare = host.toLowerCase().replace(/^\[|\]$/g, "");
  // How Node writes an IPv4 client of a socket that listens on IPv6.
  const mapped = bare.replace(/^::ffff:(?=\d+\.)/, "");
  return mapped.endsWith(".") ? mapped.slice(0, -1) : mapped;
}

function isSameOrigin(origin: string, authority: string | undefined): boolean {
  const own = authority?.toLowerCase();
  return origin.toLowerCase() === `http://${own}` || origin.toLowerCase() === `https://${own}`;
}
