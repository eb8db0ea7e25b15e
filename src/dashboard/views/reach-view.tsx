// Who reaches whom: what is wrong first, then the whole matrix.

import { useComputed } from "@preact/signals";
import { counted } from "../model/format.js";
import { LARGE_CLUSTER } from "../model/limits.js";
import { lookAtReach } from "../model/looking.js";
import { pairs, reachMap, type Trouble, troubles } from "../model/reach.js";
import { roster } from "../model/roster.js";
import { isPresent } from "../model/status.js";
import { Icon } from "../parts/icon.js";
import { MemberLink } from "../parts/member-link.js";
import { useLooking } from "../parts/use-looking.js";
import { Empty, View } from "../parts/view.js";
import { ReachCanvas } from "./reach-canvas.js";
import { ReachTable } from "./reach-table.js";

const TROUBLES_SHOWN = 50;
const NAMES_SHOWN = 5;

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
            <MemberList addresses={silent.map(({ address }) => address)} />.
          </span>
        </p>
      )}
      <section class="card reach-card">
        <h2>Matrix</h2>
        <ReachLegend hasTimes={!isLarge} />
        {isLarge ? <ReachCanvas members={members.value} /> : <ReachTable members={members.value} />}
      </section>
    </View>
  );
}

interface TroublesProps {
  readonly found: readonly Trouble[];
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
      <h2>What does not work as it should</h2>
      <ul class="troubles">
        {found.slice(0, TROUBLES_SHOWN).map((trouble) => (
          <li key={`${trouble.type} ${trouble.from} ${trouble.to}`} data-trouble={trouble.type}>
            <Icon name="alert" />
            <span>
              <TroubleText trouble={trouble} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function TroubleText({ trouble }: { readonly trouble: Trouble }) {
  switch (trouble.type) {
    case "one-way":
      return (
        <>
          <strong>One way only:</strong> <MemberLink address={trouble.from} /> does not reach{" "}
          <MemberLink address={trouble.to} />, which reaches it.
        </>
      );
    case "cut":
      return (
        <>
          <MemberLink address={trouble.to} /> is not reached by{" "}
          <MemberList addresses={trouble.from} />.
        </>
      );
    default:
      trouble satisfies never;
      return null;
  }
}

/** The first few by name, and how many more there are. */
function MemberList({ addresses }: { readonly addresses: readonly string[] }) {
  const more = addresses.length - NAMES_SHOWN;
  return (
    <>
      {addresses.slice(0, NAMES_SHOWN).map((address, index) => (
        <span key={address}>
          {index === 0 ? "" : ", "}
          <MemberLink address={address} />
        </span>
      ))}
      {more > 0 ? ` and ${more} more` : ""}
    </>
  );
}

function ReachLegend({ hasTimes }: { readonly hasTimes: boolean }) {
  return (
    <ul class="reach-legend">
      <li>
        <span class="cell is-ok" /> reaches it{hasTimes ? ", in so many ms" : ""}
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
