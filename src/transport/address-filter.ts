// Which IP addresses a peer has to do with: only those may connect, and only those are dialled.

import { BlockList, isIP, isIPv6 } from "node:net";
import type { ChannelOptions } from "@grpc/grpc-js";

const FILTER_OPTION = "gossip.filter";

/** A list of addresses and networks. */
export class AddressFilter {
  /** Told of each connection that is not let in, by whom it came from. */
  readonly onRefused: (from: string) => void;
  readonly #allowed = new BlockList();

  /** `allowed` holds IP addresses and networks as {@link networkOf} reads them. */
  constructor(allowed: readonly string[], onRefused: (from: string) => void) {
    this.onRefused = onRefused;
    for (const text of allowed) {
      const network = networkOf(text);
      if (network !== undefined)
        this.#allowed.addSubnet(network.ip, network.prefix, network.family);
    }
  }

  /** Whether that IP address is one of them. */
  allows(ip: string): boolean {
    const [bare = ""] = ip.split("%");
    // How an IPv4 caller of a socket that listens on IPv6 is written.
    const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1] ?? bare;
    if (isIP(mapped) === 0) return false;
    return this.#allowed.check(mapped, familyOf(mapped));
  }
}

/** A network, or one address. */
interface Network {
  readonly ip: string;
  readonly prefix: number;
  readonly family: "ipv4" | "ipv6";
}

/** Reads `10.0.0.0/8`, `fd00::/8` or one address; undefined for what is none of them. */
export function networkOf(text: string): Network | undefined {
  const [, ip = "", digits] = /^([\da-f:.]+)(?:\/(\d{1,3}))?$/i.exec(text) ?? [];
  if (isIP(ip) === 0) return undefined;
  const family = familyOf(ip);
  const most = family === "ipv6" ? 128 : 32;
  const prefix = digits === undefined ? most : Number(digits);
  return prefix > most ? undefined : { ip, prefix, family };
}

/** Why an address is not dialled. */
export const NOT_ALLOWED = "no address of it is within allowedAddresses";

/** The option by which a client's resolver knows the filter. */
export function filterOption(filter: AddressFilter | undefined): ChannelOptions {
  return filter === undefined ? {} : { [FILTER_OPTION]: filter };
}

/** See {@link filterOption}. */
export function filterOf(options: ChannelOptions): AddressFilter | undefined {
  // Of another copy of this class, maybe: copies that share one gRPC share its resolver too.
  return options[FILTER_OPTION];
}

function familyOf(ip: string): "ipv4" | "ipv6" {
  return isIPv6(ip) ? "ipv6" : "ipv4";
}
