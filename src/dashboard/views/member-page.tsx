// One member: its record, what happened to it, who watches it, and its links.

import { useCallback, useState } from "preact/hooks";
import { nowMs } from "../model/clock.js";
import { type Explained, keepExplaining } from "../model/explained.js";
import { ago, count, dateTime, milliseconds } from "../model/format.js";
import type { MemberView } from "../model/member-view.js";
import { roster } from "../model/roster.js";
import { isPresent } from "../model/status.js";
import { begin, canAct, isReadOnly } from "../parts/action.js";
import { StatusBadge } from "../parts/badge.js";
import { Icon } from "../parts/icon.js";
import { MemberLink } from "../parts/member-link.js";
import { useLooking } from "../parts/use-looking.js";
import { Empty, View } from "../parts/view.js";
import { MemberHistory } from "./member-history.js";
import { MemberLinks } from "./member-links.js";

/** The page of the member at `address`. */
export function MemberPage({ address }: { readonly address: string }) {
  const [explained, setExplained] = useState<Explained>({ type: "waiting" });
  useLooking(
    useCallback((signal: AbortSignal) => keepExplaining(address, setExplained, signal), [address]),
  );
  const known = explained.type === "known" ? explained : undefined;
  const member = roster.value?.get(address) ?? known?.member;
  return (
    <View
      title={member?.title ?? address}
      about={<BackLink />}
      tools={member === undefined ? undefined : <MemberTools member={member} />}
    >
      {member === undefined ? (
        <Empty>
          {explained.type === "unknown"
            ? `The agent cannot tell of it: ${explained.reason}`
            : "Waiting for the agent …"}
        </Empty>
      ) : (
        <div class="member-page">
          <div class="column">
            <Record member={member} />
            <Metadata member={member} />
            <Watchers watchers={known?.watchers} />
          </div>
          <div class="column">
            <MemberHistory steps={known?.steps} />
            {isPresent(member.status) ? <MemberLinks address={address} /> : null}
          </div>
        </div>
      )}
    </View>
  );
}

function BackLink() {
  return (
    <a class="back" href="#/members">
      <Icon name="back" /> All members
    </a>
  );
}

function MemberTools({ member }: { readonly member: MemberView }) {
  const { address, title, status, isSelf } = member;
  if (isReadOnly.value) return null;
  const isDisabled = !canAct.value;
  if (isSelf) return <SelfTools isDisabled={isDisabled} />;
  if (isPresent(status)) return null;
  return (
    <button
      type="button"
      class="button is-danger"
      disabled={isDisabled}
      onClick={() => begin({ type: "forget", address, title })}
    >
      <Icon name="trash" /> Forget
    </button>
  );
}

function SelfTools({ isDisabled }: { readonly isDisabled: boolean }) {
  return (
    <>
      <button
        type="button"
        class="button"
        disabled={isDisabled}
        onClick={() => begin({ type: "set-info" })}
      >
        <Icon name="edit" /> Set info
      </button>
      <button
        type="button"
        class="button is-danger"
        disabled={isDisabled}
        onClick={() => begin({ type: "leave" })}
      >
        <Icon name="leave" /> Leave
      </button>
    </>
  );
}

function Record({ member }: { readonly member: MemberView }) {
  const now = nowMs.value;
  const isOriginal = member.isOriginal;
  const rows = [
    ["Status", <StatusBadge key="status" status={member.status} />],
    [
      "Address",
      <span key="address" class="address">
        {member.address}
      </span>,
    ],
    ["Protocol", isOriginal ? "of the original program" : "native"],
    ["Started", isOriginal ? "not told" : dateTime(member.startedAtMs)],
    ["Known for", ago(member.knownSinceMs, now)],
    ["Changed", `${ago(member.changedAtMs, now)} ago`],
    ["Round trip", member.isSelf ? "this agent itself" : milliseconds(member.roundTripMs)],
    ["Incarnation", count(member.incarnation)],
    ["Version", count(member.version)],
  ] as const;
  return (
    <section class="card">
      <h2>Record</h2>
      <dl class="record">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Metadata({ member: { metadata } }: { readonly member: MemberView }) {
  return (
    <section class="card">
      <h2>Metadata</h2>
      {metadata.length === 0 ? (
        <Empty>It tells nothing but its name.</Empty>
      ) : (
        <dl class="record">
          {metadata.map(({ key, value }) => (
            <div key={key}>
              <dt>{key}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}

function Watchers({ watchers }: { readonly watchers: readonly string[] | undefined }) {
  return (
    <section class="card">
      <h2>Watched by</h2>
      {watchers === undefined || watchers.length === 0 ? (
        <Empty>Nobody, as far as this agent knows.</Empty>
      ) : (
        <ul class="name-list">
          {watchers.map((address) => (
            <li key={address}>
              <MemberLink address={address} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
