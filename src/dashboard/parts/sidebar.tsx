// The side of the page, or on a phone its top and foot: where one can go, and which agent this is.

import { connection, health } from "../model/connection.js";
import { counted } from "../model/format.js";
import { self } from "../model/roster.js";
import { hrefTo, type Route, route } from "../model/route.js";
import { chooseTheme, isDark } from "../model/theme.js";
import { begin, canAct, isReadOnly } from "./action.js";
import { Icon, type IconName, Logo } from "./icon.js";

interface Place {
  readonly to: Route;
  readonly name: string;
  readonly icon: IconName;
}

const PLACES: readonly Place[] = [
  { to: { type: "members" }, name: "Members", icon: "members" },
  { to: { type: "graph" }, name: "Graph", icon: "graph" },
  { to: { type: "reach" }, name: "Reach", icon: "reach" },
  { to: { type: "timeline" }, name: "Timeline", icon: "timeline" },
  { to: { type: "charts" }, name: "Charts", icon: "charts" },
];

/** The side of the page. */
export function Sidebar() {
  return (
    <div class="side">
      <header class="brand">
        <Logo />
        <span class="brand-name">gossip</span>
        <ConnectionState />
        <ThemeButton />
      </header>
      <nav aria-label="Views">
        {PLACES.map((place) => (
          <PlaceLink key={place.name} place={place} />
        ))}
      </nav>
      <AgentCard />
    </div>
  );
}

function PlaceLink({ place: { to, name, icon } }: { readonly place: Place }) {
  const current = route.value.type;
  const isHere = current === to.type || (current === "member" && to.type === "members");
  return (
    <a class="place" href={hrefTo(to)} aria-current={isHere ? "page" : undefined}>
      <Icon name={icon} />
      <span>{name}</span>
    </a>
  );
}

function ConnectionState() {
  const { type } = connection.value;
  const words = { connecting: "Connecting", connected: "Connected", lost: "No answer" }[type];
  return (
    <span class={`connection is-${type}`}>
      <span class="connection-mark" aria-hidden="true" />
      <span>{words}</span>
    </span>
  );
}

function ThemeButton() {
  const next = isDark.value ? "light" : "dark";
  return (
    <button
      type="button"
      class="button is-plain theme"
      aria-label={`Use ${next} colours`}
      title={`Use ${next} colours`}
      onClick={() => chooseTheme(next)}
    >
      <Icon name={isDark.value ? "sun" : "moon"} />
    </button>
  );
}

function joinedWords(isJoined: boolean, reason: string): string {
  if (isJoined) return "Part of the cluster";
  return reason === "" ? "Not joined" : `Not joined: ${reason}`;
}

/** Which agent this is, and how it is. */
function AgentCard() {
  const own = self.value;
  const its = health.value;
  if (its === undefined) return <section class="agent-card" aria-label="This agent" />;
  return (
    <section class="agent-card" aria-label="This agent">
      <p class="agent-title">{own?.title ?? its.address}</p>
      {own?.name === "" ? null : <p class="address">{its.address}</p>}
      <p class="muted">{joinedWords(its.joined, its.reason)}</p>
      <p class="muted">{healthWords(its.score)}</p>
      {isReadOnly.value ? (
        <p class="read-only">
          <Icon name="lock" /> Read-only
        </p>
      ) : (
        <button
          type="button"
          class="button is-quiet"
          disabled={!canAct.value}
          onClick={() => begin({ type: "leave" })}
        >
          <Icon name="leave" /> Leave
        </button>
      )}
      <p class="muted small">
        gossip {its.version}
        {its.runtime === "" ? "" : `, Node ${its.runtime.replace(/^v/, "")}`}
      </p>
    </section>
  );
}

/** Lifeguard's score in words: each point is an answer of late that did not come, or came late. */
function healthWords(score: number): string {
  return score === 0 ? "In good health" : `Strained: ${counted(score, "point")} of 8`;
}
