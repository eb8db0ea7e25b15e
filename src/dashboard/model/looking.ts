// Asks for what costs others something only while somebody looks at it: links, reach, and figures.

import { admin, asked } from "./admin-client.js";
import { takeFigures } from "./figures.js";
import {
  FIGURES_PERIOD_MS,
  LARGE_CLUSTER,
  LARGE_REACH_PERIOD_MS,
  LINKS_PERIOD_MS,
  REACH_PERIOD_MS,
} from "./limits.js";
import { pause } from "./pause.js";
import { type ReachMap, reachMap, type Told, toldFrom, toldFromLinks } from "./reach.js";
import { roster, self } from "./roster.js";

const SHOWN_EVERY_MS = 200;

/** Asks who reaches whom, round after round. */
export async function lookAtReach(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await quietly(() => askForReach(signal));
    const isLarge = (roster.peek()?.size ?? 0) > LARGE_CLUSTER;
    await pause(isLarge ? LARGE_REACH_PERIOD_MS : REACH_PERIOD_MS, signal);
  }
}

/**
 * One round: answers come one by one, and are shown together a few times a second. The stream is let go
 * when a member answers for the second time: a page that held it for ever would take a third of the
 * connections that a browser allows to one host.
 */
async function askForReach(signal: AbortSignal): Promise<void> {
  const fresh = new Map<string, Told>();
  const answered = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const show = (): void => {
    timer = undefined;
    reachMap.value = withoutUnknown(new Map([...reachMap.peek(), ...fresh]));
    fresh.clear();
  };
  for await (const { reach } of admin.watchReach({}, { signal })) {
    if (reach === undefined) continue;
    if (answered.has(reach.address)) return;
    answered.add(reach.address);
    fresh.set(reach.address, toldFrom(reach));
    if (timer === undefined) timer = setTimeout(show, SHOWN_EVERY_MS);
  }
}

/** Forgets what members told that are no longer on the list. */
function withoutUnknown(map: ReachMap): ReachMap {
  const known = roster.peek();
  return known === undefined ? map : new Map([...map].filter(([address]) => known.has(address)));
}

/** Asks for this agent's own links, again and again: they are there before all others have answered. */
export async function lookAtLinks(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await quietly(async () => {
      const own = self.peek()?.address;
      if (own === undefined || reachMap.peek().has(own)) return;
      const { links } = await admin.listLinks({}, { ...asked, signal });
      reachMap.value = new Map([...reachMap.peek(), [own, toldFromLinks(links)]]);
    });
    await pause(LINKS_PERIOD_MS, signal);
  }
}

/** Asks for figures, again and again. */
export async function lookAtFigures(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await quietly(async () => {
      const { figures } = await admin.getStats({}, { ...asked, signal });
      takeFigures(Date.now(), figures);
    });
    await pause(FIGURES_PERIOD_MS, signal);
  }
}

/** A failure needs no word here: the connection shows whether the agent answers. */
async function quietly(ask: () => Promise<void>): Promise<void> {
  try {
    await ask();
  } catch {
    // Asked again after the pause.
  }
}
