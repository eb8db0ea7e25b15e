// What runs as long as the page is open: the question for health, and the two streams. A page that is
// hidden lets its streams go, and resumes where it was.

import type {
  WatchEventsResponse,
  WatchMembersResponse,
} from "../../gen/gossip/admin/v1/admin_pb.js";
import { admin } from "./admin-client.js";
import { startClock } from "./clock.js";
import { askForHealth, keepAskingForHealth } from "./connection.js";
import { type Following, follow } from "./follow.js";
import { takeEvent } from "./happening.js";
import { EVENTS_AT_START, HIDDEN_GRACE_MS } from "./limits.js";
import { pause } from "./pause.js";
import { RosterFeed } from "./roster.js";

const feed = new RosterFeed();
const onBreak = (): void => void askForHealth();

const members: Following<WatchMembersResponse> = {
  cursor: "",
  open: (cursor, signal) => admin.watchMembers({ cursor }, { signal }),
  onAnswer: (answer) => feed.take(answer),
  onBreak,
  pause,
};

const events: Following<WatchEventsResponse> = {
  cursor: "",
  open: (cursor, signal) =>
    admin.watchEvents({ cursor, latest: cursor === "" ? EVENTS_AT_START : 0 }, { signal }),
  onAnswer: takeEvent,
  onBreak,
  pause,
};

/** The streams, open or let go. */
class Streams {
  #stop: AbortController | undefined;

  /** Opens them, unless they are open. */
  start(): void {
    if (this.#stop !== undefined) return;
    this.#stop = new AbortController();
    void follow(members, this.#stop.signal);
    void follow(events, this.#stop.signal);
  }

  /** Lets them go. */
  stop(): void {
    this.#stop?.abort();
    this.#stop = undefined;
  }
}

/** Starts all of it, for as long as the page is open. */
export function startSession(): void {
  const streams = new Streams();
  const stop = new AbortController().signal;
  let hiding: ReturnType<typeof setTimeout> | undefined;
  const onVisibility = (): void => {
    clearTimeout(hiding);
    if (document.hidden) {
      hiding = setTimeout(() => streams.stop(), HIDDEN_GRACE_MS);
      return;
    }
    streams.start();
    void askForHealth(stop);
  };
  document.addEventListener("visibilitychange", onVisibility);
  startClock(stop);
  streams.start();
  void keepAskingForHealth(stop);
}
