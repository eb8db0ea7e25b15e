// A program: the relay of a slow road. It takes packets as UDP, keeps each for so many milliseconds, and
// sends it to the host whose slow address stands in it.

import { createSocket } from "node:dgram";

const [port, delayMs] = process.argv.slice(2).map(Number);
/** Where an IPv4 header has its destination. */
const DESTINATION = 16;
const HEADER_BYTES = 20;

const socket = createSocket("udp4");
socket.on("message", (packet) => {
  // The other kind, IPv6, is only about the interface itself.
  if (packet.length < HEADER_BYTES || packet.readUInt8(0) >> 4 !== 4) return;
  const [first, , ...rest] = packet.subarray(DESTINATION, HEADER_BYTES);
  // 10.67.0.n on the slow road is 10.66.0.n on the fast one.
  const host = [first, 66, ...rest].join(".");
  setTimeout(() => socket.send(packet, port, host, () => {}), delayMs);
});
socket.bind(port);
