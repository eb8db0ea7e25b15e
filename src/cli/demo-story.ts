// The story of the demo: an agent joins, one changes its info, one crashes and comes back, one leaves.
// Each step is true only once every agent that runs says so itself.

import { setTimeout as sleep } from "node:timers/promises";
import { GossipError } from "../core/errors.js";
import { ask } from "./admin-client.js";
import { CommandFailed } from "./command-failed.js";
import type { DemoAgent, DemoMember } from "./demo-agent.js";
import { type DemoCast, NAMES, type Name } from "./demo-cast.js";
import type { DemoNews, Tell } from "./demo-teller.js";
import { formatDuration } from "./output.js";

/** A step takes a second at most where nothing else runs. The first that is late ends the demo. */
const STEP_TIMEOUT_MS = 20_000;

type Step = Extract<DemoNews, { type: "step" }>["step"];

/** What the story is played with. */
export interface Stage {
  readonly cast: DemoCast;
  readonly tell: Tell;
  /** The time between two steps, for people who look on. */
  readonly pauseMs: number;
  /** Aborted when nobody wants to see more of it. */
  readonly quit: AbortSignal;
}

/** Plays it once; in later rounds, the agents that stayed go on. */
export async function playRound(stage: Stage, round: number): Promise<void> {
  const { cast, tell } = stage;
  const scene = (text: string): void => tell({ type: "scene", text });

  scene(joinText(round));
  await join(stage, round);

  await pause(stage);
  const release = String(round + 1);
  const bob = cast.get("bob");
  await greet(bob);
  scene(`bob changes his info: release=${release}.`);
  await reach(stage, { step: "update", round, text: "everyone has heard of it" }, async () => {
    await setRelease(bob, release);
    return () => othersSay(cast, "bob", (bob) => bob.metadata["release"] === release);
  });

  await pause(stage);
  scene("carol is killed without warning (kill -9).");
  const noticed = "the other four have noticed that carol is gone";
  await reach(stage, { step: "crash", round, text: noticed }, async () => {
    cast.get("carol").kill();
    return () => othersSay(cast, "carol", ({ status }) => status === "failed");
  });

  await pause(stage);
  scene("carol starts again at the same address.");
  await reach(stage, { step: "return", round, text: "carol is back on every list" }, async () => {
    await cast.start("carol", round + 1);
    return () => NAMES.every((name) => othersSay(cast, name, isLive));
  });

  await pause(stage);
  scene("erin is told to leave.");
  const farewell = "those who stay know that she left, and did not crash";
  await reach(stage, { step: "leave", round, text: farewell }, async () => {
    await cast.get("erin").leave();
    return () => othersSay(cast, "erin", ({ status }) => status === "left");
  });
}

/** Waits for so long as people need to see a step. */
export async function pause({ pauseMs, quit }: Stage): Promise<void> {
  await sleep(pauseMs, undefined, { signal: quit });
}

function joinText(round: number): string {
  return round === 1
    ? "bob, carol, dave and erin start; all that they know is alice's address."
    : "erin starts again, and joins.";
}

async function join(stage: Stage, round: number): Promise<void> {
  const { cast } = stage;
  const joining: readonly Name[] = round === 1 ? NAMES.slice(1) : ["erin"];
  await reach(stage, { step: "join", round, text: "everyone lists all five" }, async () => {
    await Promise.all(joining.map((name) => cast.start(name, round)));
    return () => NAMES.every((name) => othersSay(cast, name, isLive));
  });
}

/** The first request to an admin service takes longer, and that is not the time of an update. */
async function greet({ admin }: DemoAgent): Promise<void> {
  const flags = { admin, timeout: STEP_TIMEOUT_MS };
  await ask(flags, (client, options) => client.getInfo({}, options));
}

async function setRelease({ admin }: DemoAgent, release: string): Promise<void> {
  const value = { kind: { case: "text" as const, value: release } };
  const change = { metadata: { release: value } };
  const flags = { admin, timeout: STEP_TIMEOUT_MS };
  await ask(flags, (client, options) => client.setInfo(change, options));
}

function isLive({ status }: DemoMember): boolean {
  return status === "live";
}

/** Whether all other agents that run say that of the one. */
function othersSay(cast: DemoCast, name: Name, isTrue: (member: DemoMember) => boolean): boolean {
  const subject = cast.get(name);
  const others = cast.agents.filter((agent) => agent !== subject && agent.isRunning);
  return others.every(({ members }) => {
    const member = members.get(subject.address);
    return member !== undefined && isTrue(member);
  });
}

/** Acts, waits until what that returns is true, and tells how long all of it took. */
async function reach(
  { cast, tell, quit }: Stage,
  step: { readonly step: Step; readonly round: number; readonly text: string },
  act: () => Promise<() => boolean>,
): Promise<void> {
  const startMs = performance.now();
  const isTrue = await act();
  await cameTrue(cast, isTrue, step.text, quit);
  tell({ type: "step", ...step, afterMs: performance.now() - startMs, agents: cast.agents });
}

/** Resolves at the change that makes it true; rejects when that does not come in time. */
function cameTrue(
  cast: DemoCast,
  isTrue: () => boolean,
  text: string,
  quit: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      stopListening();
      quit.removeEventListener("abort", onQuit);
      settle();
    };
    const onQuit = (): void => end(() => reject(quit.reason));
    const timer = setTimeout(() => end(() => reject(late(text))), STEP_TIMEOUT_MS);
    const check = (): void => {
      if (!cast.get(NAMES[0]).isRunning) end(() => reject(hostGone()));
      else if (isTrue()) end(resolve);
    };
    const stopListening = cast.onChange(check);
    quit.addEventListener("abort", onQuit);
    check();
  });
}

function late(text: string): GossipError {
  const message = `it did not happen within ${formatDuration(STEP_TIMEOUT_MS)} that ${text}: on a busy machine, run the demo again`;
  return new GossipError("CALL_TIMEOUT", message);
}

/** The others could not join without it, and its dashboard is gone. */
function hostGone(): CommandFailed {
  return new CommandFailed(`${NAMES[0]} has ended in the middle of the demo: run it again`);
}
