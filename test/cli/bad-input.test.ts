// What people get wrong on the command line: each time one line that says what and what to do, the
// exit code that is documented, and no stack trace.

import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startAgent } from "../support/agent.js";
import { type Ended, gossip } from "../support/command.js";
import { makePipe } from "../support/folder.js";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gossip-bad-input-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** One line on standard error, nothing else, with that exit code. */
function expectOneLine({ code, stdout, stderr }: Ended, expected: number, text: RegExp): void {
  expect({ code, stdout }).toEqual({ code: expected, stdout: "" });
  expect(stderr).toMatch(/^gossip: [^\n]+\n$/);
  expect(stderr).toMatch(text);
}

describe("flags and arguments", () => {
  test.each<[string, readonly string[], RegExp]>([
    ["an unknown command", ["agnet"], /unknown command 'agnet' \(Did you mean agent\?\)/],
    ["an unknown flag", ["members", "--stats"], /unknown option '--stats'.*--help/],
    ["a value that is none of the choices", ["members", "--status", "gone"], /Allowed choices/],
    ["a missing argument", ["forget"], /missing required argument 'member'/],
    ["too many arguments", ["leave", "now"], /too many arguments/],
    ["an admin address without a port", ["members", "--admin", "localhost"], /host:port/],
    ["a seed to join without a port", ["join", "nonsense"], /'nonsense' is invalid.*host:port/],
    ["a duration without a unit", ["members", "--timeout", "5"], /100ms, 1s or 2m/],
    ["a count of nothing", ["events", "--count", "0"], /whole number/],
    ["a pair without a value", ["info", "set", "zone"], /key=value/],
    ["an unknown shell", ["completion", "tcsh"], /Allowed choices are zsh, bash, fish/],
    ["an unknown flag of the agent", ["agent", "--lisen", "a:1"], /Did you mean --listen/],
    ["an agent's duration without a unit", ["agent", "--ping-period", "1"], /--ping-period must/],
    ["a period that is too short", ["agent", "--ping-period", "1ms"], /--ping-period: .*from 10/],
    ["a seed without a port", ["agent", "--seed", "a"], /--seed must be a host:port to dial/],
    ["an unknown limit", ["agent", "--limit", "maxMembrs=3"], /--limit: limits.maxMembrs is no/],
    ["all interfaces, and no address", ["agent", "--listen", "0.0.0.0:1"], /advertise is needed/],
    [
      "two checks",
      ["agent", "--check-command", "a", "--check-http", "http://a"],
      /--check-command and --check-http cannot both be given/,
    ],
    [
      "metadata that the check writes",
      ["agent", "--check-command", "a", "--metadata", "health=x"],
      /--metadata sets health/,
    ],
    [
      "metadata over its limit",
      ["agent", "--metadata", `big=${"x".repeat(70_000)}`],
      /--metadata: metadata takes 70003 bytes: keep to 65536/,
    ],
  ])("%s", async (_what, argv, text) => {
    expectOneLine(await gossip(argv), 2, text);
  });

  test("a variable that is wrong is named", async () => {
    const env = { GOSSIP_LOG_LEVEL: "loud", GOSSIP_TIMEOUT: "soon" };
    expectOneLine(await gossip(["agent"], { env }), 2, /GOSSIP_LOG_LEVEL must be one of debug/);
    expectOneLine(await gossip(["members"], { env }), 2, /GOSSIP_TIMEOUT/);
  });
});

/** Each line stands for nine times the one before: a few lines for very much. */
const BOMB = [
  "a: &a [x, x]",
  ...Array.from("bcdefgh", (key, index) => {
    const aliases = Array(9).fill(`*${"abcdefgh"[index]}`).join(", ");
    return `${key}: &${key} [${aliases}]`;
  }),
].join("\n");

describe("a config file", () => {
  test.each<[string, string, RegExp]>([
    ["that is no YAML", "name: [a\nb: c", /config:2: .*mend the YAML/],
    ["with a key that is twice there", "name: a\nname: b", /config:2: .*unique/],
    ["without keys", "- a\n- b", /config:1: the file must hold keys with values/],
    ["with an unknown key", "name: a\nnam: b", /config:2: nam is no setting of an agent/],
    ["with a number for text", "metadata:\n  port: 80", /config:2: metadata\.port must be text/],
    ["with a wrong item", "seeds:\n  - a:1\n  - a", /config:3: seeds\.1 must be a host:port/],
    ["with a wrong choice", '{\n "profile": "moon"\n}', /config:2: profile must be one of lan/],
    ["with an alias of nothing", "name: a\nzone: 1\nmetadata: *m", /config:3: its aliases cannot/],
    ["with aliases of aliases", BOMB, /config:2: its aliases cannot be resolved .*write them out/],
    ["with more keys than any", "k: v\n".repeat(60_000), /config holds more than any file of set/],
    [
      "with a period that is too long",
      "\npingPeriod: 9h",
      /config:2: pingPeriod must be .*3600000/,
    ],
  ])("%s", async (_what, text, expected) => {
    const path = join(folder, "config");
    writeFileSync(path, text);
    expectOneLine(await gossip(["agent", "--config", path]), 2, expected);
  });

  test("that is not there, is no regular file, or is far too large", async () => {
    const missing = await gossip(["agent", "--config", join(folder, "missing")]);
    expectOneLine(missing, 2, /missing cannot be read \(ENOENT.*\): name the right one/);
    const path = join(folder, "folder");
    mkdirSync(path);
    expectOneLine(
      await gossip(["agent", "--config", path]),
      2,
      /folder is a directory, and no reg/,
    );
    const pipe = join(folder, "pipe");
    makePipe(pipe);
    expectOneLine(await gossip(["agent", "--config", pipe]), 2, /pipe is a pipe, and no regular/);
    const large = join(folder, "large");
    writeFileSync(large, "#".repeat(1_048_577));
    expectOneLine(await gossip(["agent", "--config", large]), 2, /larger than 1 MiB/);
  });
});

describe("ports", () => {
  test("in use by another are refused, for the peer and for its admin service", async () => {
    await using agent = await startAgent();
    const peer = await gossip(["agent", "--listen", agent.address, "--admin", "none"]);
    expectOneLine(peer, 1, new RegExp(`${agent.address} is in use: stop the process`));
    const flags = ["--listen", "127.0.0.1:0", "--admin", agent.admin, "--log-level", "silent"];
    expectOneLine(await gossip(["agent", ...flags]), 1, /is in use: .* with --admin/);
  });

  test("where no agent runs", async () => {
    const port = await freePort();
    const ended = await gossip(["members", "--admin", `127.0.0.1:${port}`]);
    expectOneLine(ended, 3, /no agent answers at .* \(ECONNREFUSED\): start one with gossip agent/);
    const named = await gossip(["events", "--admin", "nowhere.invalid:7980"]);
    expectOneLine(named, 3, /no agent answers at nowhere\.invalid:7980 \(E/);
  });

  test("that are those of a peer", async () => {
    await using agent = await startAgent();
    const ended = await gossip(["members", "--admin", agent.address]);
    expectOneLine(ended, 3, /is not the admin port of an agent/);
  });

  test.each([404, 200, 403, 500])("of a web server that answers %i", async (status) => {
    const server = createHttpServer((_request, response) => {
      response.writeHead(status, { "content-type": "application/json" }).end("{}");
    });
    const admin = await listening(server);
    const ended = await gossip(["stats", "--admin", admin]);
    server.close();
    expectOneLine(ended, 3, /is not the admin port of an agent/);
  });

  test("that are silent, or talk nonsense", async () => {
    const silent = createServer(() => {});
    const admin = await listening(silent);
    const flags = ["--admin", admin, "--timeout", "300ms"];
    expectOneLine(await gossip(["events", ...flags]), 3, /nothing answered at .* within 300 ms/);
    silent.close();
    const nonsense = createServer((socket) => socket.end("ssh-2.0\r\n"));
    const other = await listening(nonsense);
    const ended = await gossip(["members", "--admin", other]);
    nonsense.close();
    expectOneLine(ended, 3, /is not the admin port of an agent/);
  });
});

describe("what an agent is asked to do", () => {
  test("and cannot: too much metadata, a member that it does not know, itself", async () => {
    await using agent = await startAgent();
    const at = ["--admin", agent.admin];
    const big = await gossip(["info", "set", `big=${"x".repeat(70_000)}`, ...at]);
    expectOneLine(big, 4, /keep to 65536/);
    expectOneLine(await gossip(["explain", "10.0.0.9:1", ...at]), 4, /10\.0\.0\.9:1/);
    expectOneLine(await gossip(["forget", agent.address, ...at]), 4, /live member/);
  });
});

async function listening(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return `127.0.0.1:${port}`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  const [, port] = (await listening(server)).split(":");
  await once(server.close(), "close");
  return Number(port);
}
