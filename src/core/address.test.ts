// Which addresses can be dialled and which cannot, in a table, and against Node's own idea of what
// an IP address is.

import { isIP } from "node:net";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  addressHint,
  formatAddress,
  type HostAndPort,
  parseAddress,
  parseListenAddress,
} from "./address.js";

const LABEL_63 = "a".repeat(63);
const NAME_253 = `${`${LABEL_63}.`.repeat(3)}${"b".repeat(61)}`;

const GOOD: readonly (readonly [string, HostAndPort["hostType"], string, number])[] = [
  ["127.0.0.1:7946", "ipv4", "127.0.0.1", 7946],
  ["0.0.0.0:1", "ipv4", "0.0.0.0", 1],
  ["255.255.255.255:65535", "ipv4", "255.255.255.255", 65_535],
  ["localhost:7946", "name", "localhost", 7946],
  ["LocalHost:7946", "name", "LocalHost", 7946],
  ["gossip.example.com:7946", "name", "gossip.example.com", 7946],
  ["gossip.example.com.:7946", "name", "gossip.example.com.", 7946],
  ["gossip-0.gossip_svc.default:7946", "name", "gossip-0.gossip_svc.default", 7946],
  ["3com.com:80", "name", "3com.com", 80],
  ["a:1", "name", "a", 1],
  [`${NAME_253}:1`, "name", NAME_253, 1],
  ["[::1]:7946", "ipv6", "::1", 7946],
  ["[::]:7946", "ipv6", "::", 7946],
  ["[2001:db8:0:1:2:3:4:5]:7946", "ipv6", "2001:db8:0:1:2:3:4:5", 7946],
  ["[2001:DB8::5]:7946", "ipv6", "2001:DB8::5", 7946],
  ["[1:2:3:4:5:6:7::]:7946", "ipv6", "1:2:3:4:5:6:7::", 7946],
  ["[::ffff:10.0.0.1]:7946", "ipv6", "::ffff:10.0.0.1", 7946],
  ["[1:2:3:4:5:6:10.0.0.1]:7946", "ipv6", "1:2:3:4:5:6:10.0.0.1", 7946],
  ["[fe80::1%eth0]:7946", "ipv6", "fe80::1%eth0", 7946],
];

const BAD: readonly (readonly [string, string])[] = [
  ["nothing", ""],
  ["no port", "127.0.0.1"],
  ["a name alone", "localhost"],
  ["an empty port", "127.0.0.1:"],
  ["no host", ":7946"],
  ["a port out of range", "127.0.0.1:65536"],
  ["a port of six digits", "127.0.0.1:007946"],
  ["a negative port", "127.0.0.1:-1"],
  ["a port with a sign", "127.0.0.1:+1"],
  ["a port in words", "127.0.0.1:http"],
  ["a port in hexadecimal", "127.0.0.1:0x50"],
  ["digits that are not ASCII", "127.0.0.1:٧٩٤٦"],
  ["a part of an IPv4 address out of range", "256.0.0.1:7946"],
  ["three parts of an IPv4 address", "10.0.1:7946"],
  ["five parts of an IPv4 address", "10.0.0.0.1:7946"],
  ["an IPv4 address with zeros before, octal to some", "010.0.0.1:7946"],
  ["a name of digits", "12345:7946"],
  ["a space before", " 127.0.0.1:7946"],
  ["a space after", "127.0.0.1:7946 "],
  ["a line end after", "127.0.0.1:7946\n"],
  ["a space within", "my host:7946"],
  ["a NUL", "host\0:7946"],
  ["a scheme", "http://host:7946"],
  ["a path", "host:7946/path"],
  ["a user", "user@host:7946"],
  ["an empty label", "a..b:7946"],
  ["a label that begins with a hyphen", "-a.b:7946"],
  ["a label that ends with a hyphen", "a-.b:7946"],
  ["a label of 64 characters", `${LABEL_63}a:7946`],
  ["a name of 254 characters", `${NAME_253}b:7946`],
  ["a dot alone", ".:7946"],
  ["a name that is not ASCII", "bücher.example:7946"],
  ["an IPv6 address without brackets", "::1:7946"],
  ["an IPv6 address without a port", "[::1]"],
  ["a bracket that is not closed", "[::1:7946"],
  ["a bracket that is not opened", "::1]:7946"],
  ["brackets around an IPv4 address", "[127.0.0.1]:7946"],
  ["brackets around a name", "[localhost]:7946"],
  ["empty brackets", "[]:7946"],
  ["two brackets", "[[::1]]:7946"],
  ["three colons", "[:::1]:7946"],
  ["two gaps", "[1::2::3]:7946"],
  ["seven groups", "[1:2:3:4:5:6:7]:7946"],
  ["nine groups", "[1:2:3:4:5:6:7:8:9]:7946"],
  ["a gap where nothing is left out", "[1:2:3:4:5:6:7::8]:7946"],
  ["a group of five digits", "[::12345]:7946"],
  ["a group that is not hexadecimal", "[::g]:7946"],
  ["an IPv4 part that is not last", "[::10.0.0.1:1]:7946"],
  ["an IPv4 part before the gap", "[10.0.0.1::]:7946"],
  ["an IPv4 part out of range", "[::256.0.0.1]:7946"],
  ["an empty zone", "[fe80::1%]:7946"],
  ["two zones", "[fe80::1%eth0%eth1]:7946"],
];

describe("can be dialled", () => {
  test.each(GOOD)("%s", (address, hostType, host, port) => {
    expect(parseAddress(address)).toEqual({ host, port, hostType });
    expect(parseListenAddress(address)).toEqual({ host, port, hostType });
    expect(formatAddress(host, port)).toBe(address);
  });
});

describe("cannot be dialled, nor listened on", () => {
  test.each(BAD)("%s", (_, address) => {
    expect(parseAddress(address)).toBeUndefined();
    expect(parseListenAddress(address)).toBeUndefined();
  });

  test("a megabyte", () => {
    for (const part of ["a", "1", ".", ":", "[", "::", "1:", "%", "a."]) {
      const long = part.repeat(2 ** 20 / part.length);
      for (const address of [long, `${long}:7946`, `[${long}]:7946`]) {
        expect(parseAddress(address)).toBeUndefined();
      }
    }
  });
});

test.each(["127.0.0.1:0", "localhost:0", "[::1]:0"])("%s can be listened on only", (address) => {
  expect(parseListenAddress(address)?.port).toBe(0);
  expect(parseAddress(address)).toBeUndefined();
});

test("every IP address is one to Node and to us", () => {
  const hosts = fc.oneof(fc.ipV4(), fc.ipV6());
  fc.assert(
    fc.property(hosts, fc.integer({ min: 1, max: 65_535 }), (host, port) => {
      const parts = parseAddress(formatAddress(host, port));
      expect(parts).toEqual({ host, port, hostType: `ipv${isIP(host)}` });
    }),
  );
});

test("what looks like an IP address is one to us exactly when it is one to Node", () => {
  const parts = fc.constantFrom("0", "1", "10", "010", "00", "255", "256", "1000", "");
  const ipv4 = fc.array(parts, { minLength: 3, maxLength: 5 }).map((all) => all.join("."));
  const groups = fc.constantFrom("0", "1", "0001", "ffff", "12345", "", ":", "10.0.0.1", "10.0.1");
  const ipv6 = fc.array(groups, { minLength: 2, maxLength: 9 }).map((all) => all.join(":"));
  fc.assert(
    fc.property(fc.oneof(ipv4, ipv6), (host) => {
      expect(parseAddress(`[${host}]:1`) !== undefined).toBe(isIP(host) === 6);
      expect(parseAddress(`${host}:1`)?.hostType === "ipv4").toBe(isIP(host) === 4);
    }),
    { numRuns: 5_000 },
  );
});

test("nothing that others may send makes it throw, and what it takes it can write again", () => {
  const almost = fc
    .array(fc.constantFrom("[", "]", ":", "::", "%", ".", "-", "a", "f", "1", "65536", "\n", "é"))
    .map((parts) => parts.join(""));
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: "binary" }), almost), (address) => {
      const parts = parseAddress(address);
      if (parts === undefined) return;
      expect(parseAddress(formatAddress(parts.host, parts.port))).toEqual(parts);
    }),
    { numRuns: 1_000 },
  );
});

test.each([
  ["fd77::1:7946", "write the IPv6 address in brackets: [fd77::1]:7946"],
  ["::1:0", "write the IPv6 address in brackets: [::1]:0"],
  ["fe80::1%eth0:80", "write the IPv6 address in brackets: [fe80::1%eth0]:80"],
  ["fd77::1:99999", "write it like a:1"],
  ["fd77:0:0:0:0:0:0:12345", "write it like a:1"],
  ["fd77::beef", "write the IPv6 address in brackets, and a port: [fd77::beef]:7946"],
  ["name", "write it like a:1"],
  ["", "write it like a:1"],
])("who wrote %s is told: %s", (address, hint) => {
  expect(addressHint(address, "a:1")).toBe(hint);
});
