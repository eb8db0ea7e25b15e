// The commands that ask an agent, as people and scripts use them: what they send, what they print,
// and with which code they end.

import { once } from "node:events";
import { text } from "node:stream/consumers";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, test } from "vitest";
import {
  Dialect,
  EventType,
  type ForgetRequest,
  type JoinRequest,
  type ListMembersRequest,
  MemberStatus,
  type SetInfoRequest,
  type WatchEventsRequest,
} from "../../src/gen/gossip/admin/v1/admin_pb.js";
import { gossip, startGossip } from "../support/command.js";
import { type ScriptedAdmin, serveAdmin } from "../support/scripted-admin.js";

const SELF = {
  address: "127.0.0.1:7946",
  info: { name: "a", metadata: { zone: { kind: { case: "text" as const, value: "eu" } } } },
  status: MemberStatus.LIVE,
  isSelf: true,
  dialect: Dialect.NATIVE,
};
const OTHER = {
  address: "127.0.0.1:7947",
  info: { name: "b\u001b[2J" },
  status: MemberStatus.FAILED,
  dialect: Dialect.SEED,
  roundTrip: { seconds: 0n, nanos: 1_250_000 },
};
const COUNTS = { live: 1, suspected: 0, failed: 1, left: 0 };

function askAt(admin: ScriptedAdmin, ...argv: string[]) {
  return gossip([...argv, "--admin", admin.address]);
}

describe("gossip members", () => {
  test("prints a table, in which no member's text can steer the terminal", async () => {
    await using admin = await serveAdmin({
      listMembers: () => ({ members: [SELF, OTHER], counts: COUNTS }),
    });
    const { code, stdout, stderr } = await askAt(admin, "members");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^127\.0\.0\.1:7946 \* +a +live .* zone=eu$/m);
    expect(stdout).toMatch(/^127\.0\.0\.1:7947 +b\\u001b\[2J +failed +1\.3 ms /m);
    expect(stdout).toContain("\n1 live, 1 failed\n");
  });

  test("prints JSON with every field, and asks for what the flags say", async () => {
    const requests: ListMembersRequest[] = [];
    await using admin = await serveAdmin({
      listMembers(request) {
        requests.push(request);
        return { members: [OTHER], counts: COUNTS };
      },
    });
    const flags = ["--json", "--status", "failed", "left", "--filter", "b"];
    const { code, stdout } = await askAt(admin, "members", ...flags);
    expect(code).toBe(0);
    expect(requests).toMatchObject([
      { statuses: [MemberStatus.FAILED, MemberStatus.LEFT], contains: "b" },
    ]);
    expect(JSON.parse(stdout)).toMatchObject({
      members: [{ address: OTHER.address, status: "MEMBER_STATUS_FAILED", isSelf: false }],
      counts: { live: 1, failed: 1 },
    });
  });

  test("goes on with a line for each change with --watch", async () => {
    await using admin = await serveAdmin({
      async *watchMembers() {
        yield { kind: { case: "snapshot", value: { members: [SELF], first: true } } };
        yield { kind: { case: "snapshot", value: { members: [OTHER], last: true } } };
        yield {
          kind: { case: "changes", value: { members: [SELF], removed: [OTHER.address] } },
        };
      },
    });
    const { code, stdout } = await askAt(admin, "members", "--watch");
    expect(code).toBe(0);
    const [head, self, other, change, removed] = stdout.split("\n");
    expect(head).toMatch(/^ADDRESS /);
    expect([self, other]).toEqual([
      expect.stringContaining(SELF.address),
      expect.stringContaining(OTHER.address),
    ]);
    expect(change).toMatch(/live +127\.0\.0\.1:7946 \(a\) zone=eu$/);
    expect(removed).toMatch(/forgotten +127\.0\.0\.1:7947$/);
    const json = await askAt(admin, "members", "--watch", "--json");
    expect(
      json.stdout
        .trim()
        .split("\n")
        .map((line) => Object.keys(JSON.parse(line))),
    ).toEqual([
      ["snapshot", "cursor"],
      ["snapshot", "cursor"],
      ["changes", "cursor"],
    ]);
  });
});

describe("gossip info", () => {
  test("gets all, or the value of one key alone", async () => {
    await using admin = await serveAdmin({ getInfo: () => SELF });
    const all = await askAt(admin, "info", "get");
    expect(all.stdout).toMatch(/^name: a\nKEY +VALUE\nzone +eu\n$/);
    expect(await askAt(admin, "info", "get", "zone")).toMatchObject({ code: 0, stdout: "eu\n" });
    expect(await askAt(admin, "info", "get", "role")).toEqual({
      code: 1,
      stdout: "",
      stderr: `gossip: ${SELF.address} has no metadata "role": gossip info get shows what it has\n`,
    });
  });

  test("sets and unsets what is named, and nothing else", async () => {
    const requests: SetInfoRequest[] = [];
    await using admin = await serveAdmin({
      setInfo(request) {
        requests.push(request);
        return { info: SELF.info };
      },
    });
    const set = await askAt(admin, "info", "set", "zone=eu", "url=http://x?a=b", "--name", "a");
    expect(set).toMatchObject({ code: 0, stderr: "" });
    await askAt(admin, "info", "unset", "role", "zone");
    expect(requests).toMatchObject([
      {
        name: "a",
        metadata: {
          zone: { kind: { case: "text", value: "eu" } },
          url: { kind: { case: "text", value: "http://x?a=b" } },
        },
        removedKeys: [],
      },
      { metadata: {}, removedKeys: ["role", "zone"] },
    ]);
    expect(requests[1]?.name).toBeUndefined();
  });

  test("set needs something to set", async () => {
    const { code, stderr } = await gossip(["info", "set"]);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: "gossip: there is nothing to set: give key=value, or --name\n",
    });
  });
});

describe("gossip join", () => {
  test("is a failure only when no seed answered", async () => {
    const requests: JoinRequest[] = [];
    let answered = true;
    await using admin = await serveAdmin({
      join(request) {
        requests.push(request);
        return {
          outcomes: [
            { address: "10.0.0.6:7946", answered },
            { address: "10.0.0.7:7946", reason: "refused" },
          ],
        };
      },
    });
    const some = await askAt(admin, "join", "10.0.0.6:7946", "10.0.0.7:7946");
    expect(some).toMatchObject({ code: 0, stderr: "" });
    expect(some.stdout).toMatch(/^10\.0\.0\.6:7946 +answered\n10\.0\.0\.7:7946 +silent +refused$/m);
    expect(requests).toMatchObject([{ addresses: ["10.0.0.6:7946", "10.0.0.7:7946"] }]);
    answered = false;
    const none = await askAt(admin, "join", "10.0.0.6:7946", "10.0.0.7:7946");
    expect(none.code).toBe(1);
    expect(none.stderr).toMatch(/^gossip: none of the seeds answered: .+\n$/);
  });
});

describe("a member", () => {
  test("can be named instead of addressed, if only one has the name", async () => {
    const forgotten: ForgetRequest[] = [];
    await using admin = await serveAdmin({
      listMembers: ({ contains }) => ({
        members: [
          { ...OTHER, info: { name: "b" } },
          { ...OTHER, address: "127.0.0.1:1", info: { name: contains === "twin" ? "twin" : "bb" } },
          { ...OTHER, address: "127.0.0.1:2", info: { name: "twin" } },
        ],
      }),
      forget(request) {
        forgotten.push(request);
        return {};
      },
    });
    expect(await askAt(admin, "forget", "b")).toMatchObject({
      code: 0,
      stdout: `${OTHER.address} is forgotten\n`,
    });
    expect(await askAt(admin, "forget", "127.0.0.1:9")).toMatchObject({ code: 0 });
    expect(forgotten.map(({ address }) => address)).toEqual([OTHER.address, "127.0.0.1:9"]);
    expect(await askAt(admin, "forget", "c")).toMatchObject({
      code: 4,
      stderr: `gossip: no member has the name or address "c": gossip members lists them\n`,
    });
    const twin = await askAt(admin, "forget", "twin");
    expect(twin.code).toBe(4);
    expect(twin.stderr).toContain("give the address, one of 127.0.0.1:1, 127.0.0.1:2");
    expect(forgotten).toHaveLength(2);
  });

  test("is explained step by step", async () => {
    await using admin = await serveAdmin({
      explain: () => ({
        member: OTHER,
        steps: [{ at: timestampFromMs(Date.UTC(2026, 0, 2, 3, 4, 5, 6)), text: "was silent" }],
        watchers: [SELF.address],
      }),
    });
    const { code, stdout } = await askAt(admin, "explain", OTHER.address);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^status +failed$/m);
    expect(stdout).toMatch(/^protocol +seed dialect$/m);
    expect(stdout).toMatch(/^watched by +127\.0\.0\.1:7946$/m);
    expect(stdout).toContain("\n03:04:05.006  was silent\n");
  });

  test("is asked for its links", async () => {
    const asked: string[] = [];
    await using admin = await serveAdmin({
      listLinks({ address }) {
        asked.push(address);
        const link = { address: OTHER.address, neighbour: true, roundTrip: OTHER.roundTrip };
        return { address: SELF.address, links: [link] };
      },
    });
    const { stdout } = await askAt(admin, "rtt");
    expect(stdout).toMatch(/^127\.0\.0\.1:7947 +1\.3 ms +- +them +yes$/m);
    const other = await askAt(admin, "rtt", OTHER.address, "--json");
    expect(JSON.parse(other.stdout)).toMatchObject({ links: [{ neighbour: true }] });
    expect(asked).toEqual(["", OTHER.address]);
  });
});

describe("gossip events", () => {
  test("ends after as many as were asked for, begins where it was told to", async () => {
    const requests: WatchEventsRequest[] = [];
    await using admin = await serveAdmin({
      async *watchEvents(request) {
        requests.push(request);
        const at = timestampFromMs(0);
        yield { event: { type: EventType.FAILED, at, member: OTHER, reason: "silent" } };
        yield { event: { type: EventType.DROPPED, at, dropped: 3 } };
        yield { event: { type: EventType.LEFT, at, member: OTHER } };
        await new Promise(() => {});
      },
    });
    const { code, stdout } = await askAt(
      admin,
      "events",
      "--count",
      "2",
      "--since",
      "7",
      "--latest",
      "9",
    );
    expect(code).toBe(0);
    expect(stdout.split("\n")).toEqual([
      "00:00:00.000  failed     127.0.0.1:7947 (b\\u001b[2J) silent",
      "00:00:00.000  dropped    3 events, since they came faster than they were read",
      "",
    ]);
    expect(requests).toMatchObject([{ cursor: "7", latest: 9 }]);
  });
});

describe("a command that follows a stream", () => {
  test.each([
    ["events", "SIGINT"],
    ["members", "SIGTERM"],
  ] as const)("%s ends well on %s", async (name, signal) => {
    await using admin = await serveAdmin({
      async *watchMembers() {
        yield { kind: { case: "snapshot", value: { members: [], first: true, last: true } } };
        await new Promise(() => {});
      },
      async *watchEvents() {
        yield { event: { type: EventType.LEFT, member: OTHER } };
        await new Promise(() => {});
      },
    });
    const flags = name === "members" ? ["--watch"] : [];
    const child = startGossip([name, ...flags, "--admin", admin.address]);
    await once(child.stdout, "data");
    child.kill(signal);
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  test("ends well when its reader has seen enough", async () => {
    await using admin = await serveAdmin({
      async *watchEvents() {
        for (;;) {
          yield { event: { type: EventType.LEFT, member: OTHER } };
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
      },
    });
    const child = startGossip(["events", "--admin", admin.address]);
    await once(child.stdout, "data");
    child.stdout.destroy();
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  test("says so when the agent goes away", async () => {
    const admin = await serveAdmin({
      async *watchEvents() {
        yield { event: { type: EventType.LEFT, member: OTHER } };
        await new Promise(() => {});
      },
    });
    const child = startGossip(["events", "--admin", admin.address]);
    const stderr = text(child.stderr);
    await once(child.stdout, "data");
    const ended = once(child, "exit");
    await admin[Symbol.asyncDispose]();
    expect(await ended).toEqual([3, null]);
    expect(await stderr).toMatch(/^gossip: the agent at \S+ went away: .*\n$/);
  });
});

describe("gossip leave and gossip stats", () => {
  test("say what they did", async () => {
    await using admin = await serveAdmin({
      leave: () => ({}),
      getStats: () => ({ figures: { "rejected.bad": 2, links: 3 } }),
    });
    expect(await askAt(admin, "leave")).toMatchObject({
      code: 0,
      stdout: `the agent at ${admin.address} has left the cluster\n`,
    });
    expect((await askAt(admin, "stats")).stdout).toMatch(/^links +3\nrejected\.bad +2$/m);
    const some = await askAt(admin, "stats", "--filter", "rejected", "--json");
    expect(JSON.parse(some.stdout)).toEqual({ figures: { "rejected.bad": 2 } });
  });
});

describe("gossip top without a terminal", () => {
  test("looks once, with those first that need a look", async () => {
    await using admin = await serveAdmin({
      getHealth: () => ({ address: SELF.address, version: "1.2.3", score: 2 }),
      listMembers: () => ({ members: [SELF, OTHER], counts: COUNTS }),
      getStats: () => ({ figures: { links: 7 } }),
    });
    const { code, stdout } = await askAt(admin, "top");
    expect(code).toBe(0);
    const [first, second, , , ...rows] = stdout.split("\n");
    expect(first).toMatch(/^127\.0\.0\.1:7946 +gossip 1\.2\.3 .* NOT JOINED$/);
    expect(second).toMatch(/^1 live, 1 failed +7 links +local health 2 of 8 /);
    expect(rows.slice(0, 2).map((row) => row.split(" ")[0])).toEqual([OTHER.address, SELF.address]);
    const json = await askAt(admin, "top", "--once", "--json");
    expect(JSON.parse(json.stdout)).toMatchObject({ health: { score: 2 }, list: { counts: {} } });
  });
});

describe("what the agent refuses", () => {
  test("is said in its words, with an exit code of its own", async () => {
    await using admin = await serveAdmin({
      forget() {
        throw new ConnectError("b lives: only failed and left members", Code.FailedPrecondition);
      },
    });
    expect(await askAt(admin, "forget", OTHER.address)).toEqual({
      code: 4,
      stdout: "",
      stderr: "gossip: b lives: only failed and left members\n",
    });
  });
});
