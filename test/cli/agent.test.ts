// `gossip agent` as people run it: where its settings come from, what SIGHUP and SIGTERM do, and what
// the commands find when they ask it.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startAgent, type TestAgent } from "../support/agent.js";
import { gossip } from "../support/command.js";
import { eventually } from "../support/eventually.js";
import { makePipe } from "../support/folder.js";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gossip-agent-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function configFile(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** The metadata of the agent's own peer, as the command line shows it. */
async function metadataAt(admin: string): Promise<Record<string, unknown>> {
  const { stdout } = await gossip(["info", "get", "--json", "--admin", admin]);
  const { info } = JSON.parse(stdout) as {
    info: { name: string; metadata: Record<string, { text: string }> };
  };
  const entries = Object.entries(info.metadata).map(([key, value]) => [key, value.text]);
  return { name: info.name, ...Object.fromEntries(entries) };
}

describe("the settings of an agent", () => {
  const text = "name: f\ncluster: f\nprofile: wan\nseeds: [f:1]\nmetadata:\n  zone: f\n";

  test("are those of the flags, then the variables, then the file, then the defaults", async () => {
    const config = configFile("settings.yaml", text);
    const env = { GOSSIP_CONFIG: config, GOSSIP_CLUSTER: "v", GOSSIP_NAME: "v" };
    const flags = ["--name", "a", "--seed", "a:1", "--seed", "a:2", "--metadata", "k=a=b"];
    const { code, stdout } = await gossip(["agent", ...flags, "--check", "--json"], { env });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      name: { value: "a", from: "--name" },
      seeds: { value: ["a:1", "a:2"], from: "--seed" },
      metadata: { value: { k: "a=b" }, from: "--metadata" },
      cluster: { value: "v", from: "GOSSIP_CLUSTER" },
      profile: { value: "wan", from: `${config}:3` },
      pingPeriod: { value: 5_000, from: "default" },
      listen: { value: "127.0.0.1:7946", from: "default" },
    });
  });

  test("can be lists and pairs in one variable, and switches that are false", async () => {
    const env = {
      GOSSIP_SEEDS: "a:1, b:2",
      GOSSIP_METADATA: "tags=x,y,zone=eu",
      GOSSIP_READ_ONLY: "false",
      GOSSIP_LIMITS: "maxMembers=50",
    };
    const { stdout } = await gossip(["agent", "--check", "--json"], { env });
    expect(JSON.parse(stdout)).toMatchObject({
      seeds: { value: ["a:1", "b:2"] },
      metadata: { value: { tags: "x,y", zone: "eu" } },
      readOnly: { value: false, from: "GOSSIP_READ_ONLY" },
      limits: { value: { maxMembers: 50 } },
    });
  });

  test("can be JSON, and are shown as a table", async () => {
    const config = configFile("settings.json", '{\n  "pingPeriod": "2s"\n}');
    const { code, stdout, stderr } = await gossip(["agent", "--config", config, "--check"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain(`pingPeriod`);
    expect(stdout).toMatch(/^pingPeriod +2 s +\S+settings\.json:2$/m);
    expect(stdout).toMatch(/^failureDetection +suspicion +default$/m);
  });
});

describe("a running agent", () => {
  test("is found by another, and both are listed with what they say of themselves", async () => {
    await using first = await startAgent(["--name", "a", "--metadata", "zone=eu"]);
    await using second = await startAgent(["--name", "b", "--seed", first.address]);
    await eventually(async () => {
      const { stdout } = await gossip(["members", "--admin", second.admin]);
      expect(stdout).toMatch(/ a +live .*zone=eu$/m);
      expect(stdout).toMatch(/^2 live$/m);
    });
  });

  test("tells the others on SIGTERM that it leaves, and says so", async () => {
    await using first = await startAgent();
    await using second = await startAgent(["--seed", first.address]);
    await first.says(`listed ${second.address}`);
    second.signal("SIGTERM");
    expect(await second.ended()).toBe(0);
    await second.says(/^leaving because of SIGTERM: the others are told, within 5 s$/);
    await second.says("ended");
    await eventually(async () => {
      const { stdout } = await gossip(["members", "--admin", first.admin]);
      expect(stdout).toMatch(/^1 live, 1 left$/m);
    });
  });

  test("ends at once at the second signal, however long it would take to tell the others", async () => {
    await using first = await startAgent();
    const flags = ["--seed", first.address, "--leave-timeout", "10m", "--probe-timeout", "1m"];
    await using second = await startAgent(flags);
    await second.says(`listed ${first.address}`);
    first.signal("SIGSTOP");
    second.signal("SIGTERM");
    await second.says(/^leaving because of SIGTERM/);
    second.signal("SIGTERM");
    expect(await second.ended()).toBe(0);
  });

  test("ends when it is told to leave through its admin service", async () => {
    await using agent = await startAgent();
    const { code } = await gossip(["leave", "--admin", agent.admin]);
    expect(code).toBe(0);
    expect(await agent.ended()).toBe(0);
  });

  test("does nothing that is asked of it when it is read-only", async () => {
    await using agent = await startAgent(["--read-only"]);
    const { code, stderr } = await gossip(["info", "set", "a=b", "--admin", agent.admin]);
    expect(code).toBe(4);
    expect(stderr).toMatch(/^gossip: .*read.only.*\n$/i);
    expect(await metadataAt(agent.admin)).toEqual({ name: "" });
  });
});

/** What it said of reloads that came to nothing. */
function refusals({ log }: TestAgent): string[] {
  return log.map(({ msg }) => msg).filter((text) => text.startsWith("not reloaded"));
}

describe("SIGHUP", () => {
  test("changes what can be changed at once, and says what needs a restart", async () => {
    const before = "name: a\npingPeriod: 1s\nmetadata:\n  zone: eu\n  old: x\nlogLevel: debug\n";
    const config = configFile("reloaded.yaml", before);
    await using agent = await startAgent(["--config", config]);
    await gossip(["info", "set", "mine=1", "--admin", agent.admin]);
    const after = `name: b\npingPeriod: 2s\nmetadata:\n  zone: us\n  new: y\nlogLevel: info
checkCommand: echo broken; exit 7
seeds: ["${agent.address}"]\n`;
    configFile("reloaded.yaml", after);
    agent.signal("SIGHUP");
    const { msg, changed, needRestart } = await agent.says(/^reloaded /);
    expect(changed).toEqual(["name", "metadata", "seeds", "checkCommand", "logLevel"]);
    expect(needRestart).toEqual(["pingPeriod"]);
    expect(msg).toContain("a restart is needed for pingPeriod");
    await agent.says("the service fails: exit code 7: broken");
    expect(await metadataAt(agent.admin)).toEqual({
      name: "b",
      zone: "us",
      new: "y",
      mine: "1",
      health: "failing",
      "health-reason": "exit code 7: broken",
    });
    configFile("reloaded.yaml", after.replace(/checkCommand.*\n/, ""));
    agent.signal("SIGHUP");
    await eventually(async () => {
      expect(await metadataAt(agent.admin)).toEqual({ name: "b", zone: "us", new: "y", mine: "1" });
    });
  });

  test("ends nothing, whatever is in the place of the file by then", async () => {
    const config = configFile("worse.yaml", "name: a\n");
    await using agent = await startAgent(["--config", config]);
    const faults = ["metadata: *nowhere\n", "k: v\n".repeat(60_000), "[".repeat(500_000)];
    for (const [index, fault] of faults.entries()) {
      configFile("worse.yaml", fault);
      agent.signal("SIGHUP");
      await eventually(() => expect(refusals(agent)).toHaveLength(index + 1));
    }
    rmSync(config);
    makePipe(config);
    agent.signal("SIGHUP");
    await agent.says(/^not reloaded, .* is a pipe, and no regular file/);
    rmSync(config);
    configFile("worse.yaml", "name: b\n");
    agent.signal("SIGHUP");
    await agent.says(/^reloaded .*changed name/);
    expect(await metadataAt(agent.admin)).toEqual({ name: "b" });
  });

  test("changes nothing when the file is wrong, or when there is none", async () => {
    const config = configFile("broken.yaml", "name: a\n");
    await using agent = await startAgent(["--config", config]);
    configFile("broken.yaml", "name: b\npingPeriod: 5\n");
    agent.signal("SIGHUP");
    const { msg } = await agent.says(/^not reloaded/);
    expect(msg).toContain("broken.yaml:2: pingPeriod must be a duration");
    expect(await metadataAt(agent.admin)).toEqual({ name: "a" });
    await using plain = await startAgent();
    plain.signal("SIGHUP");
    await plain.says(/^there is nothing to reload/);
  });
});

test("a config file that no parser can bear changes nothing either", async () => {
  const config = configFile("bomb.yaml", "name: a\n");
  await using agent = await startAgent(["--config", config]);
  const lists = Array.from({ length: 9 }, (_, level) => {
    const of = level === 0 ? "x" : `*l${level - 1}`;
    return `l${level}: &l${level} [${Array.from({ length: 9 }, () => of).join(", ")}]\n`;
  });
  configFile("bomb.yaml", lists.join(""));
  agent.signal("SIGHUP");
  await agent.says(/^not reloaded, all stays as it is: /);
  expect(await metadataAt(agent.admin)).toEqual({ name: "a" });
});

describe("the check of a service", () => {
  test("tells the cluster when the service fails and when it is well again", async () => {
    let status = 503;
    const service = createServer((_request, response) => response.writeHead(status).end());
    await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve));
    const bound = service.address();
    const port = typeof bound === "object" ? bound?.port : 0;
    const url = `http://127.0.0.1:${port}/health`;
    await using agent = await startAgent(["--check-http", url, "--check-interval", "50ms"]);
    await agent.says("the service fails: HTTP 503");
    expect(await metadataAt(agent.admin)).toMatchObject({ health: "failing" });
    status = 204;
    await agent.says("the service passes its check");
    expect(await metadataAt(agent.admin)).toEqual({ name: "", health: "passing" });
    service.close().closeAllConnections();
    await agent.says("the service fails: ECONNREFUSED");
  });
});

describe("the log of an agent", () => {
  test.each(["suspicion", "immediate"])(
    "tells each step, with failure detection %s",
    async (failureDetection) => {
      const flags = ["--ping-period", "100ms", "--failure-detection", failureDetection];
      flags.push("--log-level", "debug");
      await using other = await startAgent([...flags, "--name", "other"]);
      await using agent = await startAgent([...flags, "--name", "agent", "--seed", other.address]);
      await agent.says("started");
      await agent.says(`added a new seed ${other.address}`);
      await agent.says(`listed ${other.address}`);
      await agent.says(`chose ${other.address} to send info`);
      await agent.says("sent self data");
      await agent.says("received other data");
      await gossip(["info", "set", "--name", "renamed", "--admin", agent.admin]);
      await agent.says("update info");
      await other.says(`${agent.address} updated its info`);
      other.signal("SIGKILL");
      await agent.says(new RegExp(`^deleted ${other.address} because of `));
      agent.signal("SIGTERM");
      expect(await agent.ended()).toBe(0);
      await agent.says("stopped");
    },
  );

  test("has no line of each exchange, and no value of the metadata, unless it is told to", async () => {
    const period = ["--ping-period", "50ms"];
    await using other = await startAgent([...period, "--metadata", "key=other-secret"]);
    await using agent = await startAgent([...period, "--seed", other.address]);
    await agent.says(`listed ${other.address}`);
    const set = ["info", "set", "key=changed-secret", "--admin", other.admin];
    await gossip(set);
    await agent.says(`${other.address} updated its info`);
    agent.signal("SIGTERM");
    expect(await agent.ended()).toBe(0);
    const log = JSON.stringify(agent.log);
    expect(log).not.toMatch(/secret|sent self data|to send info/);
  });
});
