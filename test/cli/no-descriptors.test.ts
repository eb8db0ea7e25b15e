// An agent that has no file descriptor left: whatever it is asked then, it answers as well as it can, and
// goes on.

import { writeFileSync } from "node:fs";
import { Agent, get } from "node:http";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { startAgent, type TestAgent } from "../support/agent.js";
import { eventually } from "../support/eventually.js";
import { testFolder } from "../support/folder.js";

/** More than an agent needs, and few enough to take away. */
const DESCRIPTORS = 100;
const PATHS = ["/", "/assets/none.js", "/metrics", "/v1/members", "/v1/stats", "/v1/health"];

const sockets: Socket[] = [];
const client = new Agent({ keepAlive: true, maxSockets: 1 });

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  client.destroy();
});

/** Takes the agent all descriptors that it has left. */
async function takeAll({ address }: TestAgent): Promise<void> {
  const [host = "", port] = address.split(":");
  let closed = 0;
  for (let count = 0; count < 2 * DESCRIPTORS; count += 1) {
    const socket = connect(Number(port), host).on("error", () => {});
    socket.once("close", () => {
      closed += 1;
    });
    sockets.push(socket.resume());
  }
  // The system takes those for which there is no descriptor, and closes them.
  await eventually(() => expect(closed).toBeGreaterThan(DESCRIPTORS / 2));
}

/** The status of the answer, over a connection that stays. */
function statusOf({ admin }: TestAgent, path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get(`http://${admin}${path}`, { agent: client }, (response) => {
      response.resume().once("end", () => resolve(response.statusCode));
    }).once("error", reject);
  });
}

test("answers every path, and serves its page once it can", async () => {
  await using agent = await startAgent([], { descriptors: DESCRIPTORS });
  expect(await statusOf(agent, "/v1/health")).toBe(200);
  await takeAll(agent);
  for (const path of PATHS) expect(await statusOf(agent, path), path).toBeGreaterThanOrEqual(200);
  expect(await statusOf(agent, "/")).toBe(500);
  await agent.says(/^a request could not be answered: EMFILE/);
  for (const socket of sockets) socket.destroy();
  await eventually(async () => expect(await statusOf(agent, "/")).toBe(200));
  agent.signal("SIGTERM");
  expect(await agent.ended()).toBe(0);
});

test("checks its service on, which fails its check meanwhile", async () => {
  const flags = ["--check-command", "true", "--check-interval", "20ms"];
  await using agent = await startAgent(flags, { descriptors: DESCRIPTORS });
  await agent.says("the service passes its check");
  await takeAll(agent);
  await agent.says(/^the service fails: .*EMFILE/);
  for (const socket of sockets) socket.destroy();
  await eventually(() => {
    const passes = agent.log.filter(({ msg }) => msg === "the service passes its check");
    expect(passes.length).toBeGreaterThan(1);
  });
});

test("goes on with the settings that it has when it is told to read them again", async () => {
  const config = join(testFolder(), "settings.yaml");
  writeFileSync(config, "name: a\n");
  await using agent = await startAgent(["--config", config], { descriptors: DESCRIPTORS });
  await takeAll(agent);
  agent.signal("SIGHUP");
  await agent.says(/^not reloaded, all stays as it is: .*EMFILE/);
  for (const socket of sockets) socket.destroy();
  await eventually(async () => {
    agent.signal("SIGHUP");
    await agent.says(/^reloaded /);
  });
});
