// The connections that commands and checks make: to where they are told and nowhere else, whatever proxy
// or leniency the environment asks for, and within their time.

import type { ClientRequestArgs } from "node:http";
import { isIP, type Socket } from "node:net";
import { connect as connectTls, type SecureContextOptions } from "node:tls";
import { Dial } from "../transport/dial.js";
import { NameResolver } from "../transport/name-resolver.js";

/** How a connection is made. */
export interface DirectSetup {
  /** How long it may take until it is there. */
  readonly timeoutMs: number;
  /** Calls it off. */
  readonly signal?: AbortSignal | undefined;
  /** Has it speak TLS, and whom it then trusts: by default those that Node does. */
  readonly tls?: SecureContextOptions | undefined;
}

type CreateConnection = NonNullable<ClientRequestArgs["createConnection"]>;

/** For `createConnection` of a request: no agent is used then, and so none that knows of proxies. */
export function directConnection({ timeoutMs, signal, tls }: DirectSetup): CreateConnection {
  return ({ host, port }, onCreated) => {
    const name = (host ?? "").replace(/^\[(.*)\]$/, "$1");
    const fail = (error: Error): void => {
      // The type says that there is a socket in any case.
      onCreated(error, undefined as never);
    };
    const names = new NameResolver();
    const parts = { host: name, port: Number(port), hostType: "name" } as const;
    const dial = new Dial(parts, { names }, (end) => {
      stop();
      if (end.type === "failed") fail(together(end.errors));
      else onCreated(null, tls === undefined ? end.socket : secured(end.socket, name, tls));
    });
    const giveUp = (code: string): void => {
      stop();
      dial.cancel();
      fail(Object.assign(new Error(`${name} could not be connected to in time`), { code }));
    };
    const onAbort = (): void => giveUp("ABORT_ERR");
    const timer = setTimeout(() => giveUp("ETIMEDOUT"), timeoutMs);
    const stop = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    };
    if (signal?.aborted === true) queueMicrotask(onAbort);
    else signal?.addEventListener("abort", onAbort);
    return undefined;
  };
}

/** The whole check of who answers, also where NODE_TLS_REJECT_UNAUTHORIZED would have none. */
function secured(socket: Socket, host: string, tls: SecureContextOptions): Socket {
  const servername = isIP(host) === 0 ? host : undefined;
  return connectTls({ ...tls, socket, host, servername, rejectUnauthorized: true });
}

/** A name may have several addresses, each with its own failure. */
function together(errors: readonly Error[]): Error {
  const [first, ...others] = errors;
  if (first !== undefined && others.length === 0) return first;
  return new AggregateError(errors, first?.message);
}
