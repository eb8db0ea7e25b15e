// `gossip explain`: what an agent knows of a member, and why.

import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { Command } from "commander";
import {
  Dialect,
  type ExplainResponse,
  ExplainResponseSchema,
  type Member,
} from "../gen/gossip/admin/v1/admin_pb.js";
import { printable } from "../peer/printable.js";
import { ask, type ClientFlags, clientCommand } from "./admin-client.js";
import { teach } from "./help.js";
import { addressOf } from "./member-argument.js";
import { metadataText, statusText } from "./member-text.js";
import { formatDuration, formatTime, printJson, spanMs } from "./output.js";

/** The command, to be added to the program. */
export function explainCommand(): Command {
  const command = clientCommand("explain")
    .description("tell what is known of a member, and why: who was asked, and what they found")
    .argument("<member>", "its address, or its name if no other has the same")
    .action((member: string, flags: ClientFlags) => explain(member, flags));
  return teach(command, {
    examples: [
      ["gossip explain 10.0.0.7:7946", "why is it listed as it is?"],
      ["gossip explain worker-3", "by name"],
    ],
    text: "The steps are the latest that this agent's peer took part in, oldest first.",
    asksAgent: true,
  });
}

async function explain(member: string, flags: ClientFlags): Promise<void> {
  const address = await addressOf(member, flags);
  const answer = await ask(flags, (client, options) => client.explain({ address }, options));
  if (flags.json === true) printJson(ExplainResponseSchema, answer);
  else console.log(explanation(answer, Date.now()).join("\n"));
}

/** What is known, line by line. */
function explanation(answer: ExplainResponse, nowMs: number): string[] {
  const { member, steps, watchers } = answer;
  const lines = member === undefined ? [] : memberLines(member, nowMs);
  lines.push(
    `watched by   ${watchers.length === 0 ? "nobody" : watchers.map(printable).join(" ")}`,
  );
  if (steps.length === 0)
    return [...lines, "", "Nothing has happened that would have to be explained."];
  const stepLines = steps.map(({ at, text }) => {
    return `${at === undefined ? "" : formatTime(timestampMs(at))}  ${printable(text)}`;
  });
  return [...lines, "", ...stepLines];
}

function memberLines(member: Member, nowMs: number): string[] {
  const { address, info, status, dialect, incarnation, version } = member;
  const ago = (at: Member["knownSince"]): string => {
    return at === undefined ? "-" : `${formatDuration(Math.max(0, nowMs - timestampMs(at)))} ago`;
  };
  const { roundTrip, startedAt, knownSince, changedAt } = member;
  return [
    `${printable(address)}${member.isSelf ? " (this agent's own peer)" : ""}`,
    `name         ${printable(info?.name ?? "")}`,
    `status       ${statusText(status)}`,
    `metadata     ${metadataText(info) || "none"}`,
    `protocol     ${dialect === Dialect.SEED ? "seed dialect" : "native"}`,
    `incarnation  ${incarnation}, version ${version}`,
    `started      ${ago(startedAt)}`,
    `known        ${ago(knownSince)}, changed ${ago(changedAt)}`,
    `round trip   ${roundTrip === undefined ? "-" : formatDuration(spanMs(roundTrip))}`,
  ];
}
