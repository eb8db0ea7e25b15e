import { expect, test, vi } from "vitest";
import { eventually } from "../../test/support/eventually.js";
import { RecordingLogger } from "../../test/support/recording-logger.js";
import { AgentReload, type AgentReloadSetup } from "./agent-reload.js";
import { DEFAULT_SETTINGS, type FullSettings } from "./agent-settings.js";
import type { GivenSettings } from "./given-settings.js";

const SETTINGS: FullSettings = { ...DEFAULT_SETTINGS, tlsCa: "ca", tlsCert: "cert", tlsKey: "key" };

/** A reload of an agent that is not there, and what it logs. */
function makeReload(setup: Partial<AgentReloadSetup>) {
  const logger = new RecordingLogger();
  const peer = {
    address: "127.0.0.1:1",
    info: { name: "" },
    updateInfo: vi.fn(),
    addSeed: () => Promise.resolve(),
    reloadTls: () => Promise.resolve(),
  };
  const check = { change: () => Promise.resolve() };
  const parts = { peer, admin: undefined, check, logger, settings: SETTINGS, config: undefined };
  const reload = new AgentReload({ ...parts, ...setup } as AgentReloadSetup);
  return { reload, logger, peer };
}

function configThat(gather: () => Promise<GivenSettings>) {
  return { path: "agent.yaml", gather };
}

function given(settings: Partial<FullSettings>): GivenSettings {
  return { settings: { ...SETTINGS, ...settings }, origins: new Map() };
}

test("whatever fails as something is reloaded is logged, and the rest is done", async () => {
  const fail = () => Promise.reject(new TypeError("a fault of ours"));
  const { reload, logger } = makeReload({
    // Which logs it itself.
    admin: { reloadTls: fail },
    check: { change: fail },
    config: configThat(async () => given({ checkHttp: "http://127.0.0.1:1/" })),
  });
  await reload.reload();
  await eventually(() => {
    expect(logger.messages.sort()).toEqual([
      "reloaded agent.yaml: changed checkHttp",
      "the check goes on as it was: a fault of ours",
    ]);
  });
});

test("a config file that fails in a way that nobody thought of changes nothing", async () => {
  const { reload, logger, peer } = makeReload({
    settings: DEFAULT_SETTINGS as FullSettings,
    config: configThat(() => Promise.reject(new ReferenceError("no such thing"))),
  });
  await reload.reload();
  expect(logger.messages).toEqual(["not reloaded, all stays as it is: no such thing"]);
  expect(peer.updateInfo).not.toHaveBeenCalled();
});

test("reloads come one after the other, and of those that wait one is enough", async () => {
  const ends: (() => void)[] = [];
  const { reload } = makeReload({
    config: configThat(() => new Promise((resolve) => ends.push(() => resolve(given({}))))),
  });
  const all = Array.from({ length: 5 }, () => reload.reload());
  await eventually(() => expect(ends).toHaveLength(1));
  const later = Array.from({ length: 5 }, () => reload.reload());
  ends[0]?.();
  await Promise.all(all.slice(0, 1));
  await eventually(() => expect(ends).toHaveLength(2));
  ends[1]?.();
  await Promise.all([...all, ...later]);
  expect(ends).toHaveLength(2);
});
