// What the agent learnt of a member, step by step, newest first.

import type { StepView } from "../model/explained.js";
import { timeOfDay, UNKNOWN } from "../model/format.js";
import { NamedText } from "../parts/named-text.js";
import { Empty } from "../parts/view.js";

/** What kind of news a step is: it chooses the colour of its mark. */
const TONES: ReadonlyMap<string, string> = new Map([
  ["cleared", "is-live"],
  ["refuted", "is-refuted"],
  ["suspected", "is-suspected"],
  ["probe-missed", "is-suspected"],
  ["link-broken", "is-suspected"],
  ["out-of-reach", "is-suspected"],
  ["convicted", "is-failed"],
  ["changed", "is-updated"],
]);

/** The history. */
export function MemberHistory({ steps }: { readonly steps: readonly StepView[] | undefined }) {
  return (
    <section class="card">
      <h2>History</h2>
      {steps === undefined || steps.length === 0 ? (
        <Empty>Nothing happened to it that this agent still remembers.</Empty>
      ) : (
        <ol class="history">
          {steps.map((step, index) => (
            <li key={steps.length - index} class={TONES.get(step.type) ?? "is-left"}>
              <span class="history-mark" aria-hidden="true" />
              <time>{step.atMs === undefined ? UNKNOWN : timeOfDay(step.atMs)}</time>
              <span class="history-text">
                <NamedText text={step.text} /> <span class="muted small">{step.type}</span>
              </span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
