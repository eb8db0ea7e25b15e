// The first frame on a link: whether we link with the peer that says it.

import { parseAddress } from "../address.js";
import type { Hello } from "./frames.js";

/** The protocol versions that are spoken. */
export const PROTOCOL_VERSION = 1;

/** Why we do not link with a peer that says this; undefined when we do. */
export function helloFault(hello: Hello, ownCluster: string): string | undefined {
  const { cluster, minVersion, maxVersion, address } = hello;
  if (cluster !== ownCluster) {
    return `this is cluster "${ownCluster}" and not "${cluster}": check the option cluster of both peers`;
  }
  if (minVersion > PROTOCOL_VERSION || maxVersion < PROTOCOL_VERSION) {
    return `this peer speaks version ${PROTOCOL_VERSION} of the protocol, not ${minVersion} to ${maxVersion}: update the older peer`;
  }
  if (parseAddress(address) === undefined) return `"${address}" is no address to be dialled`;
  return undefined;
}
