// The demo's member table: one row an agent, with whom it lists and who lists it.

import Table from "cli-table3";
import type { DemoAgent } from "./demo-agent.js";

/** Prints the table unless it is the same as `shown`; returns what is shown now. */
export function printMembers(agents: readonly DemoAgent[], shown: string): string {
  const text = memberTable(agents);
  if (text !== shown) console.log(text);
  return text;
}

function memberTable(agents: readonly DemoAgent[]): string {
  const table = new Table({
    head: ["agent", "address", "pid", "process", "lists", "listed by"],
    style: { head: [], border: [] },
    // No lines between the rows: the table is printed again at each change.
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
  });
  for (const agent of agents) {
    const others = agents.filter((other) => other !== agent && other.isRunning);
    const listedBy = others.filter((other) => other.members.has(agent.address));
    const lists = agent.isRunning ? Array.from(agent.members.values()).sort().join(" ") : "";
    table.push([
      agent.name,
      agent.address,
      agent.pid,
      agent.isRunning ? "running" : "killed",
      lists,
      `${listedBy.length} of ${others.length} others`,
    ]);
  }
  return table.toString();
}
