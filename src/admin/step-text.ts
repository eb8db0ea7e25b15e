// The steps of a member's history in words.

import type { HistoryStep } from "../core/native/history.js";

/** A step as people read it, and the member that took part in it, if any. */
export interface StepText {
  readonly text: string;
  readonly other?: string | undefined;
}

/** Tells a step. */
export function stepText(step: HistoryStep): StepText {
  switch (step.type) {
    case "probe-missed":
      return { text: "it did not answer our probe in time" };
    case "link-broken":
      return { text: `our link to it broke: ${step.reason}` };
    case "suspected":
      return { text: `we began to suspect it: ${step.reason}` };
    case "asked":
      return { text: `we asked ${step.watcher} whether it answers`, other: step.watcher };
    case "evidence":
      return { text: `${step.watcher} found it ${FOUND[step.finding]}`, other: step.watcher };
    case "cleared":
      return { text: `we no longer suspect it: ${step.reason}` };
    case "convicted":
      return { text: `we gave it up: ${step.reason}` };
    case "out-of-reach":
      return { text: "we do not reach it, but hear from nobody else either: it may be us" };
    case "changed":
      return {
        text: `${step.by} told that it is ${step.verdict}, at incarnation ${step.incarnation}`,
        other: step.by,
      };
    case "refuted":
      return { text: `it rose against a verdict, to incarnation ${step.incarnation}` };
    default:
      return step satisfies never;
  }
}

const FOUND = {
  answered: "answering",
  silent: "silent",
  refused: "refusing connections",
} as const;
