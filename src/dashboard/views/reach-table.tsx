// The matrix of a small cluster, as a table: a row for who is asked, a column for whom it reaches.

import { milliseconds } from "../model/format.js";
import type { MemberView } from "../model/member-view.js";
import { type ReachState, reachMap, reachState } from "../model/reach.js";
import { hrefTo } from "../model/route.js";

const WORDS: Readonly<Record<ReachState, string>> = {
  ok: "reaches it",
  "one-way": "does not reach it, though it is reached",
  cut: "does not reach it",
  none: "has not probed it lately",
  silent: "did not answer when asked",
};

const SIGNS: Readonly<Record<ReachState, string>> = {
  ok: "",
  "one-way": "!",
  cut: "×",
  none: "",
  silent: "?",
};

/** The table. */
export function ReachTable({ members }: { readonly members: readonly MemberView[] }) {
  const sorted = [...members].sort((a, b) => (a.title < b.title ? -1 : 1));
  return (
    <section class="matrix-box" aria-label="Matrix of who reaches whom">
      <table class="matrix">
        <thead>
          <tr>
            <th scope="col">
              <span class="muted">from ↓ to →</span>
            </th>
            {sorted.map(({ address, title }) => (
              <th key={address} scope="col">
                <span class="matrix-title">{title}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.map((from) => (
            <tr key={from.address}>
              <th scope="row">
                <a href={hrefTo({ type: "member", address: from.address })}>{from.title}</a>
              </th>
              {sorted.map((to) => (
                <MatrixCell key={to.address} from={from} to={to} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface CellProps {
  readonly from: MemberView;
  readonly to: MemberView;
}

function MatrixCell({ from, to }: CellProps) {
  if (from.address === to.address)
    return (
      <td class="is-same">
        <span class="visually-hidden">itself</span>
      </td>
    );
  const map = reachMap.value;
  const state = reachState(map, from.address, to.address);
  const roundTripMs = map.get(from.address)?.reached.get(to.address)?.roundTripMs;
  const time = state === "ok" && roundTripMs !== undefined ? milliseconds(roundTripMs) : "";
  const words = `${from.title} ${WORDS[state]}: ${to.title}`;
  return (
    <td data-state={state} title={time === "" ? words : `${words}, ${time}`}>
      <span class={`cell is-${state}`} aria-hidden="true">
        {time === "" ? SIGNS[state] : time.replace(" ms", "")}
      </span>
      <span class="visually-hidden">{WORDS[state]}</span>
    </td>
  );
}
