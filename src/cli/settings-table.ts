// The settings of an agent as `gossip agent --check` shows them: each value, and where it came from.

import { resolveOptions } from "../peer/options.js";
import {
  type AgentSettings,
  type FullSettings,
  peerOptionsOf,
  SETTING_KEYS,
  settingOf,
} from "./agent-settings.js";
import type { GivenSettings } from "./given-settings.js";
import { plainTable } from "./output.js";

/** A table for people. */
export function settingsTable({ settings, origins }: GivenSettings): string {
  const effective = effectiveSettings(settings);
  const rows = SETTING_KEYS.map((key) => {
    const value = effective[key];
    const shown = value === undefined ? "" : settingOf(key).show(value);
    return [key, shown === "" ? "-" : shown, origins.get(key) ?? "default"];
  });
  return plainTable(["SETTING", "VALUE", "FROM"], rows);
}

/** The same for programs; durations are in milliseconds. */
export function settingsJson({ settings, origins }: GivenSettings): string {
  const effective = effectiveSettings(settings);
  const entries = SETTING_KEYS.map((key) => {
    return [key, { value: effective[key] ?? null, from: origins.get(key) ?? "default" }] as const;
  });
  return JSON.stringify(Object.fromEntries(entries), undefined, 2);
}

/** With the defaults that the peer has for what is not given. */
function effectiveSettings(settings: FullSettings): AgentSettings {
  const { timing, cluster, probeTimeoutMs, failureDetection } = resolveOptions(
    peerOptionsOf(settings),
  );
  return {
    ...settings,
    advertise: settings.advertise ?? settings.listen,
    cluster,
    profile: settings.profile ?? "lan",
    pingPeriod: timing.pingPeriodMs,
    probeTimeout: probeTimeoutMs,
    failureDetection,
    exchangeTimeout: timing.exchangeTimeoutMs,
    pingTimeout: timing.pingTimeoutMs,
    goneRetention: timing.goneRetentionMs,
    leaveTimeout: timing.leaveTimeoutMs,
  };
}
