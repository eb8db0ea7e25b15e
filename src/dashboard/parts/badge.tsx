// How a member or an event is marked: by a word, a shape and a colour, so that no one of them has to do.

import { HAPPENING_NAMES, type HappeningType } from "../model/happening.js";
import { STATUS_NAMES, type Status } from "../model/status.js";

/** The status of a member. */
export function StatusBadge({ status }: { readonly status: Status }) {
  return (
    <span class={`badge is-${status}`}>
      <span class="badge-mark" aria-hidden="true" />
      {STATUS_NAMES[status]}
    </span>
  );
}

/** The kind of an event. */
export function HappeningBadge({ type }: { readonly type: HappeningType }) {
  return (
    <span class={`badge is-${type}`}>
      <span class="badge-mark" aria-hidden="true" />
      {HAPPENING_NAMES[type]}
    </span>
  );
}
