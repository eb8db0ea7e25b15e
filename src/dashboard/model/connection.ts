// Whether the agent answers, and how it is: asked again and again, so that a lost connection shows, and
// mends by itself.

import { signal } from "@preact/signals";
import type { GetHealthResponse } from "../../gen/gossip/admin/v1/admin_pb.js";
import { admin, reasonOf } from "./admin-client.js";
import { HEALTH_PERIOD_MS, HEALTH_TIMEOUT_MS, LOST_HEALTH_PERIOD_MS } from "./limits.js";
import { pause, wakeAll } from "./pause.js";

/** How the page stands with the agent. */
export type Connection =
  | { readonly type: "connecting" }
  | { readonly type: "connected" }
  | { readonly type: "lost"; readonly sinceMs: number; readonly reason: string };

/** How the page stands with the agent at present. */
export const connection = signal<Connection>({ type: "connecting" });

/** What the agent said of itself last. */
export const health = signal<GetHealthResponse | undefined>(undefined);

/** Asks until `stop` ends it. */
export async function keepAskingForHealth(stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    await askForHealth(stop);
    const isLost = connection.value.type !== "connected";
    await pause(isLost ? LOST_HEALTH_PERIOD_MS : HEALTH_PERIOD_MS, stop);
  }
}

/** Asks once, such as after an action that changes it. */
export async function askForHealth(stop?: AbortSignal): Promise<void> {
  try {
    const options = {
      timeoutMs: HEALTH_TIMEOUT_MS,
      ...(stop === undefined ? {} : { signal: stop }),
    };
    health.value = await admin.getHealth({}, options);
    const wasLost = connection.value.type === "lost";
    if (connection.value.type !== "connected") connection.value = { type: "connected" };
    if (wasLost) wakeAll();
  } catch (error) {
    if (stop?.aborted !== true) onLost(error);
  }
}

function onLost(error: unknown): void {
  const before = connection.value;
  const sinceMs = before.type === "lost" ? before.sinceMs : Date.now();
  connection.value = { type: "lost", sinceMs, reason: reasonOf(error) };
}
