// Addresses: `host:port` with an IPv4 address, a DNS name, or an IPv6 address in brackets.
// An address is an identity, compared as it is written: nothing here normalises.

/** The parts of an address. `host` is without brackets. */
export interface HostAndPort {
  readonly host: string;
  readonly port: number;
  /** What kind of host it is; only a `name` has to be looked up. */
  readonly hostType: "ipv4" | "ipv6" | "name";
}

const LABEL = /^[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/;
const MAX_NAME_LENGTH = 253;
/** No part begins with a zero: to some readers that is octal, to others it is no IP address. */
const IPV4 = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/;
const ZONE = /^[A-Za-z0-9_.-]{1,32}$/;

/** The parts of `address`, or undefined when it is no `host:port` that could be dialled. */
export function parseAddress(address: string): HostAndPort | undefined {
  const parts = parseListenAddress(address);
  return parts === undefined || parts.port === 0 ? undefined : parts;
}

/** As {@link parseAddress}, but port 0 (any free port) is allowed. */
export function parseListenAddress(address: string): HostAndPort | undefined {
  const colon = address.lastIndexOf(":");
  if (colon < 1) return undefined;
  const port = parsePort(address.slice(colon + 1));
  if (port === undefined) return undefined;
  const host = address.slice(0, colon);
  if (host.startsWith("[") && host.endsWith("]")) {
    const ip = host.slice(1, -1);
    return isIpv6(ip) ? { host: ip, port, hostType: "ipv6" } : undefined;
  }
  if (isIpv4(host)) return { host, port, hostType: "ipv4" };
  return isDnsName(host) ? { host, port, hostType: "name" } : undefined;
}

/** `host:port`, with brackets where the host is an IPv6 address. */
export function formatAddress(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** How to write an address that cannot be read, for an error: mostly like the example. */
export function addressHint(address: string, example: string): string {
  const colon = address.lastIndexOf(":");
  const [host, port] = [address.slice(0, colon), parsePort(address.slice(colon + 1))];
  if (port !== undefined && isIpv6(host)) {
    return `write the IPv6 address in brackets: [${host}]:${port}`;
  }
  if (isIpv6(address)) return `write the IPv6 address in brackets, and a port: [${address}]:7946`;
  return `write it like ${example}`;
}

function parsePort(text: string): number | undefined {
  if (!/^\d{1,5}$/.test(text)) return undefined;
  const port = Number(text);
  return port <= 65_535 ? port : undefined;
}

function isIpv4(host: string): boolean {
  const parts = IPV4.exec(host);
  return parts?.slice(1).every((part) => Number(part) <= 255) ?? false;
}

function isDnsName(host: string): boolean {
  const name = host.endsWith(".") ? host.slice(0, -1) : host;
  if (name.length === 0 || name.length > MAX_NAME_LENGTH) return false;
  const labels = name.split(".");
  // A last label of digits alone is a mistyped IPv4 address, never a name.
  return labels.every((label) => LABEL.test(label)) && !/^\d+$/.test(labels.at(-1) ?? "");
}

function isIpv6(text: string): boolean {
  const [ip = "", ...zones] = text.split("%");
  if (zones.length > 1 || zones.some((zone) => !ZONE.test(zone))) return false;
  const halves = ip.split("::");
  if (halves.length > 2) return false;
  let groups = 0;
  for (const [index, half] of halves.entries()) {
    const count = countGroups(half, index === halves.length - 1);
    if (count === undefined) return false;
    groups += count;
  }
  return halves.length === 2 ? groups <= 7 : groups === 8;
}

/** How many 16-bit groups `text` holds; undefined when it is malformed. */
function countGroups(text: string, mayEndInIpv4: boolean): number | undefined {
  if (text === "") return 0;
  let count = 0;
  const parts = text.split(":");
  for (const [index, part] of parts.entries()) {
    if (/^[0-9A-Fa-f]{1,4}$/.test(part)) count += 1;
    else if (mayEndInIpv4 && index === parts.length - 1 && isIpv4(part)) count += 2;
    else return undefined;
  }
  return count;
}
