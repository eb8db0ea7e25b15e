// The data directory of agents, as processes of their own: restarted whole, and killed in the midst of
// writing.

import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { DataDir } from "../../src/peer/data-dir.js";
import { readSnapshot } from "../../src/peer/snapshot-format.js";
import { startAgent, type TestAgent } from "../support/agent.js";
import { gossip } from "../support/command.js";
import { eventually } from "../support/eventually.js";
import { leaveSocket, testFolder } from "../support/folder.js";
import { seededRandom } from "../support/seeded-random.js";

const NAMES = ["a", "b", "c"];
const WRITER = fileURLToPath(new URL("snapshot-writer.js", import.meta.url));
const SHARERS_SCRIPT = fileURLToPath(new URL("data-dir-sharers.js", import.meta.url));
/** Those that the script starts, and its own. */
const SHARERS = 5;
const PERMITTED_PEER = fileURLToPath(new URL("permitted-peer.js", import.meta.url));
/** What turns the permission model on, in this version of Node, and leaves the network alone. */
const FLAGS = process.allowedNodeEnvironmentFlags;
const PERMISSION = [
  FLAGS.has("--permission") ? "--permission" : "--experimental-permission",
  ...(FLAGS.has("--allow-net") ? ["--allow-net"] : []),
];
const KILLS = 40;
const MAX_BYTES = 1_048_576;
const run = promisify(execFile);

/** The members that an agent lists. */
async function membersAt({ admin }: TestAgent): Promise<string[]> {
  const { stdout } = await gossip(["members", "--json", "--admin", admin]);
  const { members } = JSON.parse(stdout) as {
    members: { address: string; status: string }[];
  };
  return members.map(({ address }) => address).sort();
}

test("three agents that are killed at once and started without seeds find each other", async () => {
  const folder = testFolder();
  const start = (name: string, flags: readonly string[]): Promise<TestAgent> => {
    return startAgent(["--name", name, "--data-dir", join(folder, name), ...flags]);
  };
  const agents: TestAgent[] = [];
  for (const name of NAMES) {
    const seeds = agents.slice(0, 1).flatMap(({ address }) => ["--seed", address]);
    agents.push(await start(name, seeds));
  }
  const addresses = agents.map(({ address }) => address).sort();
  await eventually(() => {
    for (const [index, name] of NAMES.entries()) {
      const text = readFileSync(join(folder, name, "snapshot.json"), "utf8");
      const others = addresses.filter((address) => address !== agents[index]?.address);
      for (const address of others) expect(text).toContain(`"${address}"`);
    }
  });
  for (const agent of agents) await agent[Symbol.asyncDispose]();

  const again: TestAgent[] = [];
  for (const [index, name] of NAMES.entries()) {
    const address = agents[index]?.address ?? expect.fail("there is no such agent");
    again.push(await eventually(() => start(name, ["--listen", address])));
  }
  for (const agent of again) {
    await eventually(async () => expect(await membersAt(agent)).toEqual(addresses));
  }
  for (const agent of again) await agent[Symbol.asyncDispose]();
}, 60_000);

test("a second agent with the data directory of the first ends with a line that says so", async () => {
  const folder = testFolder();
  await using agent = await startAgent(["--data-dir", folder]);
  expect(agent.address).toMatch(/^127\.0\.0\.1:/);
  const flags = ["--listen", "127.0.0.1:0", "--admin", "none", "--data-dir", folder];
  const { code, stderr } = await gossip(["agent", ...flags]);
  expect(code).toBe(1);
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect(stderr).toContain(folder);
  expect(stderr).toContain("another peer");
});

describe.each(["cluster", "processes", "threads"])("of several peers as %s", (way) => {
  const allButOne = [...Array<string>(SHARERS - 1).fill("DATA_DIR_IN_USE"), "started"].join(" ");

  async function outcomesIn(folder: string): Promise<string> {
    const { stdout } = await run(process.execPath, [SHARERS_SCRIPT, way, folder]);
    return stdout.trim();
  }

  test("exactly one is given the directory", async () => {
    expect(await outcomesIn(testFolder())).toBe(allButOne);
  });

  test("exactly one is given the directory of one that was killed", async () => {
    const folder = testFolder();
    await leaveSocket(join(folder, "lock"));
    expect(await outcomesIn(folder)).toBe(allButOne);
    // All of those were killed, or ended without a word.
    expect(await outcomesIn(folder)).toBe(allButOne);
  });
});

test("under Node's permission model the snapshot is written, and the directory is one peer's", async () => {
  const dataDir = testFolder();
  const { stdout } = await run(process.execPath, [
    ...PERMISSION,
    "--allow-fs-read=*",
    `--allow-fs-write=${dataDir}`,
    PERMITTED_PEER,
    dataDir,
  ]);
  expect(JSON.parse(stdout)).toEqual({
    said: [],
    second: "DATA_DIR_IN_USE",
    snapshotsWritten: 2,
    snapshotsFailed: 0,
  });
});

test("kill -9 in the midst of writing leaves a whole snapshot, and nothing that stops a start", async () => {
  const folder = testFolder();
  const random = seededRandom(7);
  let lastGeneration = 0;
  for (let kill = 0; kill < KILLS; kill += 1) {
    const writer = spawn(process.execPath, [WRITER, folder, String(lastGeneration)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const exited = once(writer, "exit");
    // It writes one after the other from now on.
    await once(writer.stdout, "data");
    await untilTurns(Math.floor(random() * 2_000));
    writer.kill("SIGKILL");
    await exited;

    const dir = new DataDir(folder, MAX_BYTES);
    await dir.open();
    const found = await dir.read();
    const reading = readSnapshot(found.type === "text" ? found.text : "", "");
    if (reading.type === "fault") expect.fail(`kill ${kill}: the snapshot ${reading.fault}`);
    expect(reading.snapshot.generation).toBeGreaterThan(lastGeneration);
    lastGeneration = reading.snapshot.generation;
    // The temporary files of the killed ones do not pile up.
    expect(readdirSync(folder).sort()).toEqual(["lock", "snapshot.json"]);
    await dir.close();
  }
  await using agent = await startAgent(["--data-dir", folder]);
  expect(agent.log.filter(({ level }) => level === 40)).toEqual([]);
}, 120_000);

/** Lets this process turn so often: a moment that no clock measures. */
async function untilTurns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
