// A program: it takes every port of a range by a connection from there to itself, says "full", and holds
// them until it is ended.

import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";

const [first = 0, last = 0] = process.argv.slice(2).map(Number);

const server = createServer(() => {}).listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address() as AddressInfo;
for (let localPort = first; localPort <= last; localPort += 1) {
  const socket = connect({ port, host: "127.0.0.1", localAddress: "0.0.0.0", localPort });
  await once(socket, "connect");
}
console.log("full");
