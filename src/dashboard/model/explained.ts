// What the agent knows of one member, and why: asked for again and again while its page is open.

import type { ExplainResponse } from "../../gen/gossip/admin/v1/admin_pb.js";
import { admin, asked, reasonOf } from "./admin-client.js";
import { EXPLAIN_PERIOD_MS } from "./limits.js";
import { epochMs, type MemberView, memberView } from "./member-view.js";
import { pause } from "./pause.js";

/** One step in what the agent knows of a member. */
export interface StepView {
  readonly atMs: number | undefined;
  readonly type: string;
  readonly text: string;
  readonly other: string;
}

/** What a member's page shows. */
export type Explained =
  | { readonly type: "waiting" }
  | { readonly type: "unknown"; readonly reason: string }
  | {
      readonly type: "known";
      readonly member: MemberView | undefined;
      readonly watchers: readonly string[];
      /** Newest first. */
      readonly steps: readonly StepView[];
    };

/** Asks for it until `signal` ends it. A failure does not replace what was known before. */
export async function keepExplaining(
  address: string,
  show: (explained: Explained) => void,
  signal: AbortSignal,
): Promise<void> {
  let isKnown = false;
  while (!signal.aborted) {
    try {
      const answer = await admin.explain({ address }, { ...asked, signal });
      isKnown = true;
      show(explainedFrom(answer));
    } catch (error) {
      if (!isKnown && !signal.aborted) show({ type: "unknown", reason: reasonOf(error) });
    }
    await pause(EXPLAIN_PERIOD_MS, signal);
  }
}

function explainedFrom({ member, steps, watchers }: ExplainResponse): Explained {
  return {
    type: "known",
    member: member === undefined ? undefined : memberView(member),
    watchers: [...watchers].sort(),
    steps: steps
      .map(({ at, type, text, other }) => ({ atMs: epochMs(at), type, text, other }))
      .reverse(),
  };
}
