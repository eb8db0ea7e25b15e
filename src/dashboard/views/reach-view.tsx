// Who reaches whom: what is wrong first, then the whole matrix.

import { useComputed } from "@preact/signals";
import { counted } from "../model/format.js";
import { LARGE_CLUSTER } from "../model/limits.js";
import { lookAtReach } from "../model/looking.js";
import { type Pair, pairs, type ReachState, reachMap, troubles } from "../model/reach.js";
import { roster } from "../model/roster.js";
import { isPresent } from "../model/status.js";
import { Icon } from "../parts/icon.js";
import { MemberLink } from "../parts/member-link.js";
import { useLooking } from "../parts/use-looking.js";
import { Empty, View } from "../parts/view.js";
import { ReachCanvas } from "./reach-canvas.js";
import { ReachTable } from "./reach-table.js";

const TROUBLES_SHOWN = 50;

/** The view. */
export function ReachView() {
  useLooking(lookAtReach);
  const members = useComputed(() =>
    [...(roster.value?.values() ?? [])].filter(({ status }) => isPresent(status)),
  );
  const found = useComputed(() => {
    const present = new Set(members.value.map(({ address }) => address));
    return pairs(reachMap.value).filter(({ from, to }) => present.has(from) && present.has(to));
  });
  const silent = members.value.filter(
    ({ address }) => reachMap.value.get(address)?.hasAnswered === false,
  );
  const isLarge = members.value.length > LARGE_CLUSTER;
  return (
    <View
      title="Reach"
      about="Who reaches whom, as the members themselves tell of those that they probed lately."
    >
      <Troubles found={troubles(found.value)} known={found.value.length} />
      {silent.length === 0 ? null : (
        <p class="banner is-mild">
          <Icon name="alert" />
          <span>
            {counted(silent.length, "member")} did not answer when asked whom they reach:{" "}
            {silent.slice(0, 5).map(({ address }, index) => (
              <span key={address}>
                {index === 0 ? "" : ", "}
                <MemberLink address={address} />
              </span>
            ))}
            {silent.length > 5 ? " and more" : ""}.
          </span>
        </p>
      )}
      <section class="card reach-card">
        <h2>Matrix</h2>
        <ReachLegend />
        {isLarge ? <ReachCanvas members={members.value} /> : <ReachTable members={members.value} />}
      </section>
    </View>
  );
}

const WORDS: Readonly<Record<ReachState, string>> = {
  ok: "reaches",
  "one-way": "does not reach",
  cut: "does not reach",
  none: "has not probed",
  silent: "did not answer",
};

interface TroublesProps {
  readonly found: readonly Pair[];
  readonly known: number;
}

function Troubles({ found, known }: TroublesProps) {
  if (known === 0) return <Empty>The members are being asked …</Empty>;
  if (found.length === 0) {
    return (
      <p class="banner is-good">
        <Icon name="check" />
        <span>
          All {counted(known, "link")} work in both directions, as far as they were probed.
        </span>
      </p>
    );
  }
  return (
    <section class="card">
      <h2>
        {found.length === 1
          ? "1 link that does not work as it should"
          : `${counted(found.length, "link")} that do not work as they should`}
      </h2>
      <ul class="troubles">
        {found.slice(0, TROUBLES_SHOWN).map(({ from, to, there, back }) => (
          <li key={`${from} ${to}`}>
            <Icon name="alert" />
            <span>
              <MemberLink address={from} /> <strong>{WORDS[there]}</strong>{" "}
              <MemberLink address={to} />, which {WORDS[back]} it.
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function ReachLegend() {
  return (
    <ul class="reach-legend">
      <li>
        <span class="cell is-ok" /> reaches it
      </li>
      <li>
        <span class="cell is-one-way" /> does not, though it is reached: one way only
      </li>
      <li>
        <span class="cell is-cut" /> does not
      </li>
      <li>
        <span class="cell is-none" /> has not probed it lately
      </li>
      <li>
        <span class="cell is-silent" /> did not answer when asked
      </li>
    </ul>
  );
}
