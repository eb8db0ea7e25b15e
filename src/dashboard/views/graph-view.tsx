// The living graph of links. Its library is loaded when it is first looked at.

import { useComputed, useSignal } from "@preact/signals";
import { counted, milliseconds } from "../model/format.js";
import { graphModel, isOneWay } from "../model/graph-model.js";
import { lookAtLinks, lookAtReach } from "../model/looking.js";
import { reachMap } from "../model/reach.js";
import { roster, self } from "../model/roster.js";
import { StatusBadge } from "../parts/badge.js";
import { MetadataChips } from "../parts/metadata-chips.js";
import { useLooking } from "../parts/use-looking.js";
import { View } from "../parts/view.js";
import { GraphCanvas } from "./graph-canvas.js";

/** The view. */
export function GraphView() {
  useLooking(lookAtReach);
  useLooking(lookAtLinks);
  const hovered = useSignal<string | undefined>(undefined);
  const center = useComputed(() => self.value?.address ?? "");
  const model = useComputed(() =>
    graphModel(roster.value ?? new Map(), center.value, reachMap.value),
  );
  const size = roster.value?.size ?? 0;
  const words = `${counted(size, "member")}, ${counted(model.value.links.length, "link")}`;
  const broken = model.value.links.filter(isOneWay).length;
  return (
    <View
      title="Graph"
      fills
      about={
        <>
          {words}
          {broken === 0 ? null : <strong class="is-bad">, {broken} one way only</strong>}
        </>
      }
    >
      <div class="graph-box card">
        <GraphCanvas model={model} hovered={hovered} label={`Graph of ${words}`} />
        <HoverCard address={hovered.value} />
        <Legend />
      </div>
    </View>
  );
}

function HoverCard({ address }: { readonly address: string | undefined }) {
  const member = address === undefined ? undefined : roster.value?.get(address);
  if (member === undefined) return null;
  return (
    <div class="hover-card">
      <p class="member-title">{member.title}</p>
      <p class="address">{member.address}</p>
      <p>
        <StatusBadge status={member.status} />{" "}
        {member.isSelf ? null : (
          <span class="muted">round trip {milliseconds(member.roundTripMs)}</span>
        )}
      </p>
      <MetadataChips entries={member.metadata} />
    </div>
  );
}

function Legend() {
  return (
    <div class="legend">
      <span class="badge is-live">
        <span class="badge-mark" /> Live
      </span>
      <span class="badge is-suspected">
        <span class="badge-mark" /> Suspected
      </span>
      <span class="badge is-failed">
        <span class="badge-mark" /> Failed
      </span>
      <span class="badge is-left">
        <span class="badge-mark" /> Left
      </span>
      <span class="legend-note">
        The large one is this agent. Sparks show how a change gets round, slowed down.
      </span>
    </div>
  );
}
