// Tells when the agent does not answer, since when, and that it is being tried again.

import { nowMs } from "../model/clock.js";
import { connection } from "../model/connection.js";
import { duration } from "../model/format.js";
import { Icon } from "./icon.js";

/** The banner; empty while all is well, so that a screen reader notices when it is not. */
export function ConnectionBanner() {
  const state = connection.value;
  return (
    <div role="status" aria-live="polite">
      {state.type === "lost" ? (
        <p class="banner" title={state.reason}>
          <Icon name="alert" />
          <span>
            <strong>The agent does not answer.</strong> What is shown may be old. Trying again
            <LostFor sinceMs={state.sinceMs} />
          </span>
        </p>
      ) : null}
    </div>
  );
}

/** Hidden from screen readers, which would read it every second. */
function LostFor({ sinceMs }: { readonly sinceMs: number }) {
  return <span aria-hidden="true">, for {duration(nowMs.value - sinceMs)} now</span>;
}
