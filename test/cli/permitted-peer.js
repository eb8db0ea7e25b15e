// Run as a process of its own under Node's permission model: starts a peer with a data directory, stops
// it, and prints what it logged and whether the snapshot was written.

import { Peer } from "../../dist/index.js";

const [, , dataDir = ""] = process.argv;
const said = [];
const log = (_, message) => said.push(message);
const logger = { debug() {}, info() {}, warn: log, error: log };
const peer = await Peer.start({ address: "127.0.0.1:0", dataDir, logger });
const second = await Peer.start({ address: "127.0.0.1:0", dataDir }).then(
  (other) => other.stop().then(() => "started"),
  (error) => error.code,
);
await peer.stop();
const { snapshotsWritten, snapshotsFailed } = peer.stats();
console.log(JSON.stringify({ said, second, snapshotsWritten, snapshotsFailed }));
