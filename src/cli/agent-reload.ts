// What SIGHUP does to a running agent: the config file is read again, what can change at once does,
// and what cannot is named.

import { isDeepStrictEqual } from "node:util";
import type { Logger as PinoLogger } from "pino";
import type { Admin } from "../admin/admin.js";
import { thrownText } from "../core/thrown.js";
import type { Peer } from "../peer/peer.js";
import type { AgentCheck } from "./agent-check.js";
import { type FullSettings, SETTING_KEYS, type SettingKey } from "./agent-settings.js";
import type { GivenSettings } from "./given-settings.js";

/** A config file that can be read again. */
export interface ConfigSource {
  readonly path: string;
  /** All settings anew, checked. */
  readonly gather: () => Promise<GivenSettings>;
}

/** The settings that change without a restart. */
const CHECK_KEYS = ["checkCommand", "checkHttp", "checkInterval", "checkTimeout"] as const;
const RELOADABLE: ReadonlySet<SettingKey> = new Set([
  "name",
  "metadata",
  "seeds",
  "logLevel",
  ...CHECK_KEYS,
]);

/** What a reload works on. */
export interface AgentReloadSetup {
  readonly peer: Pick<Peer, "address" | "info" | "updateInfo" | "addSeed" | "reloadTls">;
  readonly admin: Pick<Admin, "reloadTls"> | undefined;
  readonly check: Pick<AgentCheck, "change">;
  readonly logger: PinoLogger;
  readonly settings: FullSettings;
  readonly config: ConfigSource | undefined;
}

/** Reloads one agent. */
export class AgentReload {
  readonly #setup: AgentReloadSetup;
  /** As they are in force: those that need a restart stay what they were. */
  #settings: FullSettings;
  /** The end of the reload that was asked for last. */
  #last: Promise<void> = Promise.resolve();
  /** The one that has not begun yet. */
  #next: Promise<void> | undefined;

  constructor(setup: AgentReloadSetup) {
    this.#setup = setup;
    this.#settings = setup.settings;
  }

  /**
   * Reads the config file and the certificates again, one time after the other: however often it is asked
   * for meanwhile, once more is enough. A fault in them is logged, and changes nothing; never rejects.
   */
  reload(): Promise<void> {
    this.#next ??= this.#last.then(async () => {
      this.#next = undefined;
      await this.#reload();
    });
    this.#last = this.#next;
    return this.#next;
  }

  async #reload(): Promise<void> {
    const { config, logger, peer } = this.#setup;
    const { address } = peer;
    const hasTls = this.#settings.tlsCert !== undefined;
    if (config === undefined && !hasTls) {
      const message = "there is nothing to reload: the agent was started without --config";
      logger.warn({ address }, message);
      return;
    }
    await Promise.all([
      hasTls && this.#reloadTls(),
      config && this.#guard("not reloaded, all stays as it is", () => this.#reloadConfig(config)),
    ]);
  }

  /** Whatever fails as settings are reloaded, what runs goes on. */
  async #guard(fault: string, reload: () => Promise<void>): Promise<void> {
    try {
      await reload();
    } catch (error) {
      const { logger, peer } = this.#setup;
      logger.error({ address: peer.address }, `${fault}: ${thrownText(error)}`);
    }
  }

  async #reloadConfig({ path, gather }: ConfigSource): Promise<void> {
    const { logger, peer } = this.#setup;
    const plan = planReload(this.#settings, (await gather()).settings);
    this.#apply(this.#settings, plan);
    this.#settings = plan.settings;
    const what = plan.now.length === 0 ? "nothing changed" : `changed ${plan.now.join(", ")}`;
    const rest =
      plan.later.length === 0 ? "" : `; a restart is needed for ${plan.later.join(", ")}`;
    const fields = { address: peer.address, changed: plan.now, needRestart: plan.later };
    logger.info(fields, `reloaded ${path}: ${what}${rest}`);
  }

  async #reloadTls(): Promise<void> {
    const { peer, admin } = this.#setup;
    try {
      await peer.reloadTls();
      await admin?.reloadTls();
    } catch {
      // Both log what is wrong with them.
    }
  }

  #apply(before: FullSettings, { now, settings }: ReloadPlan): void {
    const { peer, check, logger } = this.#setup;
    if (now.includes("name") || now.includes("metadata")) this.#updateInfo(before, settings);
    if (now.includes("logLevel")) logger.level = settings.logLevel;
    for (const seed of settings.seeds.filter((known) => !before.seeds.includes(known))) {
      // The peer logs how it goes, and dials on.
      peer.addSeed(seed).catch(() => {});
    }
    if (CHECK_KEYS.some((key) => now.includes(key))) {
      void this.#guard("the check goes on as it was", () => check.change(settings));
    }
  }

  /** Only what the file changed: what was set through the admin service stays. */
  #updateInfo(before: FullSettings, wanted: FullSettings): void {
    const { peer } = this.#setup;
    const { name, metadata = {} } = peer.info;
    const removed = Object.keys(before.metadata).filter((key) => !(key in wanted.metadata));
    const set = Object.entries(wanted.metadata).filter(([key, value]) => {
      return before.metadata[key] !== value;
    });
    const kept = Object.entries(metadata).filter(([key]) => !removed.includes(key));
    peer.updateInfo({
      name: before.name === wanted.name ? name : wanted.name,
      metadata: Object.fromEntries([...kept, ...set]),
    });
  }
}

/** What a reload does. */
interface ReloadPlan {
  /** The settings that change at once, and those that wait for a restart. */
  readonly now: readonly SettingKey[];
  readonly later: readonly SettingKey[];
  /** As they are in force after it: what waits for a restart is as before. */
  readonly settings: FullSettings;
}

function planReload(before: FullSettings, wanted: FullSettings): ReloadPlan {
  const changed = SETTING_KEYS.filter((key) => !isDeepStrictEqual(before[key], wanted[key]));
  const removedSeeds = before.seeds.filter((seed) => !wanted.seeds.includes(seed));
  const hasNewSeeds = wanted.seeds.some((seed) => !before.seeds.includes(seed));
  const isNow = (key: SettingKey): boolean => {
    return key === "seeds" ? hasNewSeeds : RELOADABLE.has(key);
  };
  const isLater = (key: SettingKey): boolean => {
    return key === "seeds" ? removedSeeds.length > 0 : !RELOADABLE.has(key);
  };
  const reloaded = SETTING_KEYS.filter((key) => RELOADABLE.has(key));
  const taken = Object.fromEntries(reloaded.map((key) => [key, wanted[key]]));
  const seeds = [...new Set([...wanted.seeds, ...removedSeeds])];
  return {
    now: changed.filter(isNow),
    later: changed.filter(isLater),
    settings: { ...before, ...taken, seeds },
  };
}
