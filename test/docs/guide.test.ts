// docs/GUIDE.md does what it says: its commands are run in their order, by three agents of this
// machine in the place of the three machines.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { gossip, startGossip } from "../support/command.js";
import { eventually } from "../support/eventually.js";
import { freePorts } from "../support/hosts.js";

const MARKDOWN = readFileSync(new URL("../../docs/GUIDE.md", import.meta.url), "utf8");
const PACKAGE = JSON.parse(
  readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
) as Readonly<Record<"name" | "version", string>>;
const BOUND_MS = 60_000;

/** The blocks of commands, in their order; those of one machine name it in their first line. */
const BLOCKS = Array.from(MARKDOWN.matchAll(/^```sh\n(.*?)^```$/gms), ([, block = ""]) => {
  const lines = block.trim().split("\n");
  const [, machine] = /^# on (\S+)$/.exec(lines[0] ?? "") ?? [];
  return { machine, commands: machine === undefined ? lines : lines.slice(1) };
});

/** What stands for one machine of the guide. */
class Machine implements Disposable {
  readonly #admin: string;
  readonly #agents: ReturnType<typeof startGossip>[] = [];

  constructor(admin: string) {
    this.#admin = admin;
  }

  /** Runs one command line; gives what it printed, once there is something to be told. */
  async run(command: string): Promise<string> {
    const [program, ...argv] = command.split(" ");
    const env = { GOSSIP_ADMIN: this.#admin };
    if (program === "pkill") {
      for (const agent of this.#agents) agent.kill("SIGKILL");
      return "";
    }
    expect(program).toBe("gossip");
    if (argv[0] === "agent") {
      this.#agents.push(startGossip(argv, { env }));
      return this.#listens();
    }
    const { code, stdout, stderr } = await gossip(argv, { env });
    expect({ command, code, stderr }).toEqual({ command, code: 0, stderr: "" });
    return stdout;
  }

  async #listens(): Promise<string> {
    await eventually(() => fetch(`http://${this.#admin}/v1/info`), BOUND_MS);
    return "";
  }

  [Symbol.dispose](): void {
    for (const agent of this.#agents) agent.kill("SIGKILL");
  }
}

interface ThreeMachines extends Disposable {
  readonly machines: ReadonlyMap<string, Machine>;
  /** The command as it is to be run here. */
  here(command: string): string;
}

/** Three machines by their addresses, and the addresses of the guide as those of this machine. */
async function threeMachines(): Promise<ThreeMachines> {
  const ports = await freePorts(6);
  const names = ["10.0.0.1", "10.0.0.2", "10.0.0.3"];
  const machines = new Map(
    names.map((name, index) => [name, new Machine(`127.0.0.1:${ports[index + 3]}`)]),
  );
  return {
    machines,
    here: (command) =>
      command.replaceAll(/10\.0\.0\.(\d):7946/g, (_all, number: string) => {
        return `127.0.0.1:${ports[Number(number) - 1]}`;
      }),
    [Symbol.dispose]() {
      for (const machine of machines.values()) machine[Symbol.dispose]();
    },
  };
}

/** The status and the metadata of each member by its name, as that machine lists them. */
async function membersAt(machine: Machine | undefined): Promise<Record<string, string>> {
  const listed = (await machine?.run("gossip members")) ?? "";
  const rows = listed.matchAll(/^\S+(?: \*)? +(\w) +(\w+) .*?(\S+=\S+)?$/gm);
  return Object.fromEntries(
    Array.from(rows, ([, name = "", status, pair = ""]) => [name, `${status} ${pair}`.trim()]),
  );
}

describe("docs/GUIDE.md", () => {
  test("is followed by three machines to its end", async () => {
    using cluster = await threeMachines();
    const { machines, here } = cluster;
    const first = machines.get("10.0.0.1");
    const sees = (members: Record<string, string>) =>
      eventually(async () => expect(await membersAt(first)).toEqual(members), BOUND_MS);
    const seen: Readonly<Record<string, Record<string, string>>> = {
      "gossip members": { a: "live", b: "live", c: "live" },
      "gossip info": { a: "live", b: "live release=2", c: "live" },
      "pkill -9": { a: "live", b: "live release=2", c: "failed" },
      "gossip leave": { a: "live", b: "left release=2", c: "failed" },
    };
    const done: string[] = [];
    for (const { machine: name, commands } of BLOCKS) {
      if (name === undefined) continue;
      for (const command of commands) {
        const printed = await machines.get(name)?.run(here(command));
        const kind = command.split(" ").slice(0, 2).join(" ");
        const expected = done.includes(kind) ? undefined : seen[kind];
        if (expected !== undefined) await sees(expected);
        if (kind === "gossip explain") expect(printed).toMatch(/^status +failed$/m);
        done.push(kind);
      }
    }
    expect(done).toEqual(expect.arrayContaining([...Object.keys(seen), "gossip explain"]));
    // A dozen processes are started, one after another.
  }, 120_000);

  test("installs the file that npm packs", () => {
    const commands = BLOCKS.flatMap((block) => block.commands);
    expect(commands).toContain(`npm install --global ./${PACKAGE.name}-${PACKAGE.version}.tgz`);
  });

  test("gives agents on one machine settings that are right", async () => {
    const agents = BLOCKS.filter(({ machine }) => machine === undefined)
      .flatMap(({ commands }) => commands)
      .filter((command) => command.startsWith("gossip agent "));
    expect(agents).toHaveLength(3);
    const ports: string[] = [];
    for (const agent of agents) {
      const { code, stdout } = await gossip([...agent.split(" ").slice(1), "--check", "--json"]);
      expect(code).toBe(0);
      ports.push(
        ...Array.from(stdout.matchAll(/"127\.0\.0\.1:(79[48]\d)"/g), ([, port = ""]) => port),
      );
    }
    const own = ["7946", "7947", "7948", "7980", "7981", "7982"];
    expect(Array.from(new Set(ports)).sort()).toEqual(own);
  });
});
