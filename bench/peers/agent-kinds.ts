// The two kinds of agents that are compared: `gossip agent` and `serf agent`, with their defaults but
// for addresses.

import { fileURLToPath } from "node:url";
import type { AgentKind, Told } from "./agents.js";

const GOSSIP = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
/** From an agent's port to that of its admin service. */
const ADMIN_OFFSET = 1_000;
const UPDATED_KEY = "updated";

/** What `gossip agent --json` logs, as far as it is read. */
interface LogLine {
  readonly msg?: string;
  readonly type?: string;
  readonly member?: { readonly address: string };
}

/** Agents of this package. */
export const GOSSIP_AGENTS: AgentKind = {
  run: (member, port, seedPort) => [
    ...[process.execPath, GOSSIP, "agent", "--json", "--name", `m${member}`],
    ...["--listen", local(port), "--admin", local(port + ADMIN_OFFSET)],
    ...(seedPort === undefined ? [] : ["--seed", local(seedPort)]),
  ],
  update: (_, port, value) => [
    ...[process.execPath, GOSSIP, "info", "set", "--admin", local(port + ADMIN_OFFSET)],
    `${UPDATED_KEY}=${value}`,
  ],
  read(text, member, basePort): Told | undefined {
    const line: LogLine = JSON.parse(text);
    if (line.msg === "started") return { type: "started", member };
    const address = line.member?.address;
    if (address === undefined) return;
    const subject = Number(address.split(":")[1]) - basePort;
    switch (line.type) {
      case "member-joined":
        return { type: "listed", member: subject };
      case "member-updated":
        return { type: "updated", member: subject };
      case "member-failed":
      case "member-left":
        return { type: "gone", member: subject };
      default:
        return;
    }
  },
};

const SERF_EVENTS: Readonly<Record<string, Told["type"]>> = {
  Join: "listed",
  Update: "updated",
  Failed: "gone",
  Leave: "gone",
};

/** Agents of serf. */
export const SERF_AGENTS: AgentKind = {
  run: (member, port, seedPort) => [
    ...["serf", "agent", `-node=m${member}`, `-bind=${local(port)}`],
    `-rpc-addr=${local(port + ADMIN_OFFSET)}`,
    // What it does with -join instead is to end when the seed is not there yet.
    ...(seedPort === undefined ? [] : [`-retry-join=${local(seedPort)}`]),
  ],
  update: (_, port, value) => [
    ...["serf", "tags", `-rpc-addr=${local(port + ADMIN_OFFSET)}`],
    ...["-set", `${UPDATED_KEY}=${value}`],
  ],
  read(text, member): Told | undefined {
    if (text.includes("Serf agent running!")) return { type: "started", member };
    const [, event = "", name = ""] = /EventMember(\w+): m(\d+)/.exec(text) ?? [];
    const type = SERF_EVENTS[event];
    return type === undefined ? undefined : { type, member: Number(name) };
  },
};

function local(port: number): string {
  return `127.0.0.1:${port}`;
}
