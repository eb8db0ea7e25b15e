// A name server of a test's own, on loopback: it knows the addresses that it was given, or says nothing.

import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { onTestFinished } from "vitest";

const TYPES: Readonly<Record<number, 4 | 6>> = { 1: 4, 28: 6 };
const NOT_FOUND = 3;

/** What it answers to a question; undefined for nothing at all. */
export type DnsAnswer = (name: string, family: 4 | 6) => readonly string[] | undefined;

/** Starts one; gives where it is asked, as `Resolver.setServers` takes it. */
export async function startDnsServer(answer: DnsAnswer): Promise<string> {
  const socket = createSocket("udp4");
  socket.on("message", (query, from) => {
    const response = responseTo(query, answer);
    if (response !== undefined) socket.send(response, from.port, from.address);
  });
  await bound(socket);
  return `127.0.0.1:${socket.address().port}`;
}

async function bound(socket: Socket): Promise<void> {
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  onTestFinished(() => void socket.close());
}

function responseTo(query: Buffer, answer: DnsAnswer): Buffer | undefined {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  const question = query.subarray(12, at + 5);
  const family = TYPES[query.readUInt16BE(at + 1)];
  const addresses = family === undefined ? [] : answer(labels.join("."), family);
  if (addresses === undefined) return undefined;
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(addresses.length === 0 ? 0x8180 | NOT_FOUND : 0x8180, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(addresses.length, 6);
  return Buffer.concat([header, question, ...addresses.map(recordOf)]);
}

/** A record for the name of the question, which begins at byte 12. */
function recordOf(address: string): Buffer {
  const bytes = address.includes(":") ? ipv6Bytes(address) : address.split(".").map(Number);
  const head = Buffer.from([0xc0, 12, 0, bytes.length === 4 ? 1 : 28, 0, 1, 0, 0, 0, 60, 0]);
  return Buffer.concat([head, Buffer.from([bytes.length, ...bytes])]);
}

/** Of an address whose zeros are in one place, such as fd00::1. */
function ipv6Bytes(address: string): number[] {
  const [before = [], after = []] = address
    .split("::")
    .map((half) => (half === "" ? [] : half.split(":").map((group) => Number.parseInt(group, 16))));
  const zeros = new Array<number>(8 - before.length - after.length).fill(0);
  return [...before, ...zeros, ...after].flatMap((group) => [group >> 8, group & 0xff]);
}
