// Run as a process of its own: has several peers, in a way that Node has of running several, ask for one
// data directory at once, and prints what became of each. Those that got it keep it until the end.

import { fork } from "node:child_process";
import cluster from "node:cluster";
import { fileURLToPath } from "node:url";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { Peer } from "../../dist/index.js";

const COUNT = 4;
const FILE = fileURLToPath(import.meta.url);
const [, , role = "", dataDir = ""] = process.argv;

/** Ways to begin another one, with a way to end it. */
const WAYS = {
  cluster() {
    cluster.setupPrimary({ args: ["sharer", dataDir] });
    const worker = cluster.fork();
    return { channel: worker, end: () => worker.process.kill("SIGKILL") };
  },
  processes() {
    const child = fork(FILE, ["sharer", dataDir]);
    return { channel: child, end: () => child.kill("SIGKILL") };
  },
  threads() {
    const worker = new Worker(FILE, { argv: ["sharer", dataDir] });
    return { channel: worker, end: () => worker.terminate() };
  },
};

async function outcome() {
  try {
    await Peer.start({ address: "127.0.0.1:0", dataDir });
    return "started";
  } catch (error) {
    return error.code;
  }
}

if (role === "sharer") {
  const said = await outcome();
  if (isMainThread) process.send?.(said);
  else parentPort?.postMessage(said);
  setInterval(() => {}, 60_000);
} else {
  const others = Array.from({ length: COUNT }, WAYS[role]);
  const outcomes = await Promise.all(
    others.map(({ channel }) => new Promise((resolve) => channel.once("message", resolve))),
  );
  outcomes.push(await outcome());
  console.log(outcomes.sort().join(" "));
  for (const { end } of others) end();
  process.exit();
}
