// The metrics: what a scrape finds, that docs/METRICS.md lists just these, and that the dashboard and
// the alert rules in deploy/ name no others.

import { readFileSync } from "node:fs";
import { peerMetrics } from "gossip/metrics";
import type { Registry } from "prom-client";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { processMetrics } from "../../src/metrics/process-metrics.js";
import { startAgent } from "../admin/clients.js";
import { eventually } from "../support/eventually.js";
import { startCluster, startPeer } from "../support/peers.js";

const ROOT = new URL("../../", import.meta.url);

interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly values: readonly {
    readonly metricName?: string;
    readonly labels: Readonly<Record<string, unknown>>;
    readonly value: number;
  }[];
}

describe("a scrape", () => {
  test("finds the members by status, and what happened between them", async () => {
    const [first, second] = await startCluster(2);
    const registry = peerMetrics(first);
    expect(await sampleOf(registry, "gossip_members", { status: "live" })).toBe(2);
    expect(await sampleOf(registry, "gossip_joined")).toBe(1);
    await eventually(async () => {
      const of = { direction: "in", kind: "probe-answer" };
      expect(await sampleOf(registry, "gossip_frames_total", of)).toBeGreaterThan(0);
      expect(await sampleOf(registry, "gossip_frame_bytes_total", of)).toBeGreaterThan(0);
      expect(
        await sampleOf(registry, "gossip_probe_outcomes_total", { outcome: "timely" }),
      ).toBeGreaterThan(0);
    });
    await second?.leave();
    await eventually(async () => {
      expect(await sampleOf(registry, "gossip_members", { status: "left" })).toBe(1);
    });
  });

  test("finds round trips in buckets that add up", async () => {
    const [first] = await startCluster(2);
    await eventually(() => expect(first.stats().roundTrips.count).toBeGreaterThan(0));
    const text = await peerMetrics(first).metrics();
    const bucket = /gossip_round_trip_seconds_bucket\{le="(.*)"\} (\d+)/g;
    const counts = Array.from(text.matchAll(bucket), ([, , count]) => Number(count));
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
    const [, count = ""] = /gossip_round_trip_seconds_count (\d+)/.exec(text) ?? [];
    expect(counts.at(-1)).toBe(Number(count));
    const [, sum = ""] = /gossip_round_trip_seconds_sum ([\d.e-]+)/.exec(text) ?? [];
    // Seconds, on one machine.
    expect(Number(sum) / Number(count)).toBeLessThan(1);
  });

  test("twice finds no counter doubled", async () => {
    const peer = await startPeer({ seeds: ["127.0.0.1:1"] });
    const registry = peerMetrics(peer);
    await eventually(() => expect(peer.stats().linksOpened).toBeGreaterThan(0));
    await registry.metrics();
    await peer.stop();
    const opened = await sampleOf(registry, "gossip_links_opened_total");
    expect(opened).toBe(peer.stats().linksOpened);
  });

  test("of the admin service finds those of the process too", async () => {
    const { admin } = await startAgent();
    const response = await fetch(`${admin.url}/metrics`);
    expect(response.headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
    const text = await response.text();
    expect(text).toMatch(/^gossip_members\{status="live"\} 1$/m);
    expect(text).toMatch(/^gossip_event_loop_delay_seconds [\d.e-]+$/m);
    expect(text).toMatch(/^process_cpu_seconds_total [\d.e-]+$/m);
  });

  test("finds names after the conventions of Prometheus", async () => {
    for (const { name, type, help, values } of await allMetrics()) {
      expect(name).toMatch(/^gossip_[a-z]+(_[a-z]+)*$/);
      expect(name.endsWith("_total"), name).toBe(type === "counter");
      expect(name).not.toMatch(/_(ms|milliseconds|kb)(_|$)/);
      expect(help.length, name).toBeGreaterThan(10);
      expect(values.length, name).toBeGreaterThan(0);
    }
    for (const { name, type } of await processMetrics().getMetricsAsJSON()) {
      expect(name.endsWith("_total"), name).toBe(String(type) === "counter");
    }
  });
});

describe("docs/METRICS.md", () => {
  test("lists exactly the metrics, with their types and labels", async () => {
    const documented = Array.from(
      read("docs/METRICS.md").matchAll(/^\| `(gossip_\w+)` *\| (\w+) *\| ([^|]*?) *\|/gm),
      ([, name, type, labels = ""]) => ({ name, type, labels: labels.replaceAll("`", "") }),
    );
    const present = (await allMetrics()).map(({ name, type, values }) => {
      const labels = new Set(values.flatMap((value) => Object.keys(value.labels)));
      labels.delete("le");
      return { name, type, labels: Array.from(labels).join(", ") };
    });
    expect(documented).toEqual(present);
  });
});

describe("deploy/", () => {
  test("the Grafana dashboard names only metrics that there are", async () => {
    const dashboard = JSON.parse(read("deploy/grafana-dashboard.json")) as {
      panels: { title: string; targets: { expr: string }[] }[];
      templating: { list: { query: unknown }[] };
    };
    const names = await allNames();
    const expressions = dashboard.panels.flatMap((panel) => panel.targets.map(({ expr }) => expr));
    expect(expressions.length).toBeGreaterThanOrEqual(dashboard.panels.length);
    for (const text of [...expressions, JSON.stringify(dashboard.templating.list)]) {
      expect(names, text).toEqual(expect.arrayContaining(namesIn(text)));
    }
  });

  test("the alert rules name only metrics that there are, and say what to do", async () => {
    const { groups } = parse(read("deploy/alerts.yaml")) as {
      groups: {
        rules: { alert: string; expr: string; annotations: Record<string, string> }[];
      }[];
    };
    const rules = groups.flatMap((group) => group.rules);
    expect(rules.length).toBeGreaterThan(0);
    const names = await allNames();
    for (const { alert, expr, annotations } of rules) {
      expect(namesIn(expr).length, alert).toBeGreaterThan(0);
      expect(names, alert).toEqual(expect.arrayContaining(namesIn(expr)));
      expect(annotations["summary"]?.length, alert).toBeGreaterThan(10);
      expect(annotations["action"]?.length, alert).toBeGreaterThan(10);
    }
  });
});

async function allMetrics(): Promise<Metric[]> {
  const peer = await startPeer();
  const registry = peerMetrics(peer, { eventLoopDelayMs: () => 0 });
  return (await registry.getMetricsAsJSON()) as unknown as Metric[];
}

/** Of the metrics, and of the series that a histogram has. */
async function allNames(): Promise<string[]> {
  const ofProcess = (await processMetrics().getMetricsAsJSON()) as unknown as Metric[];
  return [...(await allMetrics()), ...ofProcess].flatMap(({ name, values }) => [
    name,
    ...values.flatMap(({ metricName }) => metricName ?? []),
  ]);
}

function namesIn(expression: string): string[] {
  return expression.match(/\b(gossip|process|nodejs)_\w+/g) ?? [];
}

async function sampleOf(
  registry: Registry,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): Promise<number | undefined> {
  const metrics = (await registry.getMetricsAsJSON()) as unknown as Metric[];
  const metric = metrics.find((found) => found.name === name);
  const isWanted = (found: Readonly<Record<string, unknown>>) =>
    Object.entries(labels).every(([label, value]) => found[label] === value);
  return metric?.values.find((sample) => isWanted(sample.labels))?.value;
}

function read(path: string): string {
  return readFileSync(new URL(path, ROOT), "utf8");
}
