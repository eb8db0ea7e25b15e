// Listening at an address that may be a name: the first of its addresses that this machine has.

import type { AddressInfo, Server } from "node:net";
import { addressHint, parseListenAddress } from "../core/address.js";
import { GossipError } from "../core/errors.js";
import { listenError } from "./grpc-errors.js";
import type { NameResolver } from "./name-resolver.js";
import { stoppedError } from "./transport.js";

/**
 * Connections that the system takes before we do: as many as may be open. Node's 511 are too few for a
 * cluster that starts at once through one seed: who finds them taken tries again after a second.
 */
const BACKLOG = 4_096;

/** A port on its way to be listened on. */
export interface Listening {
  /** The port. Rejects with INVALID_ADDRESS, ADDRESS_IN_USE, LISTEN_FAILED, or STOPPED. */
  readonly port: Promise<number>;
  /** Gives it up, while it is on its way. */
  cancel(): void;
}

/** Begins to listen. */
export function listenAt(
  server: Server,
  address: string,
  names: Pick<NameResolver, "lookup">,
): Listening {
  let cancel = (): void => {};
  const port = new Promise<number>((resolve, reject) => {
    const parts = parseListenAddress(address);
    if (parts === undefined) {
      const message = `${address} is no host:port to listen on: ${addressHint(address, "127.0.0.1:7946")}`;
      reject(new GossipError("INVALID_ADDRESS", message));
      return;
    }
    const tryNext = ([host, ...rest]: readonly string[]): void => {
      const onError = (cause: NodeJS.ErrnoException): void => {
        if (cause.code === "EADDRNOTAVAIL" && rest.length > 0) tryNext(rest);
        else reject(listenError(address, cause));
      };
      server.once("error", onError);
      // Exclusive: processes of a cluster would otherwise share the port, and the calls.
      server.listen({ host, port: parts.port, exclusive: true, backlog: BACKLOG }, () => {
        server.off("error", onError);
        resolve((server.address() as AddressInfo).port);
      });
    };
    const stop = (): void => reject(stoppedError(address));
    cancel = stop;
    if (parts.hostType !== "name") return tryNext([parts.host]);
    const stopLookup = names.lookup(parts.host, (answer) => {
      if (answer.type === "found") tryNext(answer.addresses);
      else reject(listenError(address, answer.error));
    });
    cancel = () => {
      stopLookup();
      stop();
    };
  });
  return { port, cancel: () => cancel() };
}
