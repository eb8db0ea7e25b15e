import { describe, expect, test } from "vitest";
import { eventually } from "../../test/support/eventually.js";
import { GossipError } from "../core/errors.js";
import type { PeerInfo } from "../core/record.js";
import { SILENT_LOGGER } from "../peer/logger.js";
import { type Check, type CheckResult, ServiceHealth, withdrawHealth } from "./service-health.js";

/** A peer that keeps all infos that it was given. */
class Told {
  readonly address = "127.0.0.1:1";
  readonly infos: PeerInfo[] = [];
  info: PeerInfo = { name: "a", metadata: { zone: "eu" } };

  updateInfo(info: PeerInfo): void {
    this.info = info;
    this.infos.push(info);
  }
}

/** Gives these results, one a check, and then hangs until it is ended. */
function scripted(results: CheckResult[]): Check {
  return async (signal) => {
    const result = results.shift();
    if (result !== undefined) return result;
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    return { type: "failing", reason: "was ended" };
  };
}

function failing(reason: string): CheckResult {
  return { type: "failing", reason };
}

function start(peer: Told, check: Check, timeoutMs = 60_000): ServiceHealth {
  return new ServiceHealth(peer, { check, intervalMs: 1, timeoutMs, logger: SILENT_LOGGER });
}

describe("the health of a service", () => {
  test("is told when it changes, with the reason for which it began to fail", async () => {
    const peer = new Told();
    const passing: CheckResult = { type: "passing" };
    const results = [passing, passing, failing("a"), failing("b"), passing];
    const health = start(peer, scripted(results));
    await eventually(() => expect(results).toEqual([]));
    await eventually(() => expect(peer.infos).toHaveLength(3));
    await health.stop();
    expect(peer.infos).toEqual([
      { name: "a", metadata: { zone: "eu", health: "passing" } },
      { name: "a", metadata: { zone: "eu", health: "failing", "health-reason": "a" } },
      { name: "a", metadata: { zone: "eu", health: "passing" } },
    ]);
  });

  test("fails when the check takes too long; a check that is stopped tells nothing", async () => {
    const peer = new Told();
    const late = start(peer, scripted([]), 5);
    await eventually(() => expect(peer.infos).toHaveLength(1));
    await late.stop();
    expect(peer.info.metadata).toMatchObject({ "health-reason": "no answer within 5 ms" });
    const stopped = new Told();
    await start(stopped, scripted([])).stop();
    expect(stopped.infos).toEqual([]);
  });

  test("is told again when someone else took it away", async () => {
    const peer = new Told();
    const health = start(peer, async () => ({ type: "passing" }));
    await eventually(() => expect(peer.infos).toHaveLength(1));
    peer.info = { name: "b" };
    await eventually(() => expect(peer.info.metadata).toEqual({ health: "passing" }));
    await health.stop();
    withdrawHealth(peer);
    expect(peer.info).toEqual({ name: "b", metadata: {} });
  });

  test("has a reason of one line and of bounded length", async () => {
    const peer = new Told();
    const health = start(peer, scripted([failing(`two\n  lines ${"x".repeat(1_000)}\ud800`)]));
    await eventually(() => expect(peer.infos).toHaveLength(1));
    await health.stop();
    const reason = String(peer.info.metadata?.["health-reason"]);
    expect(reason).toMatch(/^two lines x+…$/);
    expect(Array.from(reason)).toHaveLength(200);
  });

  test("fails when the check cannot even be made, and is checked on", async () => {
    const peer = new Told();
    let checks = 0;
    const health = start(peer, async () => {
      checks += 1;
      if (checks === 1) throw new Error("spawn EMFILE");
      return { type: "passing" };
    });
    await eventually(() => expect(peer.infos).toHaveLength(2));
    await health.stop();
    expect(peer.infos[0]?.metadata?.["health-reason"]).toBe(
      "the check cannot be made: spawn EMFILE",
    );
    expect(peer.info.metadata).toMatchObject({ health: "passing" });
  });

  test("that cannot be told is checked on", async () => {
    const peer = new Told();
    let refusals = 0;
    peer.updateInfo = () => {
      refusals += 1;
      throw refusals > 1 ? new GossipError("INVALID_INFO", "too large") : new Error("a fault");
    };
    const health = start(peer, async () => ({ type: "passing" }));
    await eventually(() => expect(refusals).toBeGreaterThan(1));
    await health.stop();
  });
});
