// How the demo tells its story: lines and a table for people, or a line of JSON for each step.

import { DEFAULT_ADMIN_ADDRESS } from "../admin/options.js";
import type { DemoAgent } from "./demo-agent.js";
import { formatDuration, plainTable } from "./output.js";

/** What the demo tells. */
export type DemoNews =
  | { readonly type: "dashboard"; readonly agent: DemoAgent }
  | { readonly type: "scene"; readonly text: string }
  | {
      readonly type: "step";
      readonly step: "join" | "update" | "crash" | "return" | "leave";
      readonly round: number;
      readonly text: string;
      readonly afterMs: number;
      readonly agents: readonly DemoAgent[];
    }
  | { readonly type: "end"; readonly text: string };

/** Tells one thing on standard output. */
export type Tell = (news: DemoNews) => void;

/** For people. */
export function tellPeople(news: DemoNews): void {
  switch (news.type) {
    case "dashboard":
      return console.log(dashboardText(news.agent));
    case "scene":
      return console.log(`\n${news.text}`);
    case "step":
      console.log(`  ${formatDuration(news.afterMs)} later, ${news.text}.`);
      if (news.step === "join") console.log(`\n${agentTable(news.agents)}`);
      return;
    case "end":
      return console.log(`\n${news.text}`);
    default:
      news satisfies never;
  }
}

/** For programs; what is about to happen is left out. */
export function tellPrograms(news: DemoNews): void {
  switch (news.type) {
    case "dashboard": {
      const { name, admin, pid } = news.agent;
      return printLine({ type: news.type, url: urlOf(admin), agent: name, pid });
    }
    case "scene":
      return;
    case "step":
      return printLine({
        ...news,
        afterMs: Math.round(news.afterMs),
        agents: news.agents.map(agentJson),
      });
    case "end":
      return printLine(news);
    default:
      news satisfies never;
  }
}

function dashboardText({ name, admin }: DemoAgent): string {
  const place = `Dashboard: ${urlOf(admin)} shows the cluster as ${name} sees it.`;
  if (admin === DEFAULT_ADMIN_ADDRESS) return place;
  return `${place}\n(Something else listens at ${DEFAULT_ADMIN_ADDRESS}, so this is a free port.)`;
}

function agentTable(agents: readonly DemoAgent[]): string {
  const rows = agents.map((agent) => {
    const others = Array.from(agent.members.values()).filter(({ status }) => status === "live");
    const names = others.map(({ name }) => name).sort();
    return [agent.name, agent.address, urlOf(agent.admin), String(agent.pid), names.join(" ")];
  });
  return plainTable(["AGENT", "ADDRESS", "DASHBOARD", "PROCESS", "LISTS"], rows);
}

function agentJson({ name, address, admin, pid, isRunning }: DemoAgent): object {
  return { name, address, admin, pid, isRunning };
}

function urlOf(admin: string): string {
  return `http://${admin}/`;
}

function printLine(value: object): void {
  console.log(JSON.stringify(value));
}
