// The files of deploy/ against the code: paths, ports, flags, settings, and times.

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { STOP_GRACE_MS } from "../../src/cli/agent-run.js";
import { EXIT_USAGE } from "../../src/cli/exit-codes.js";
import { resolveOptions } from "../../src/peer/options.js";
import { type CommandSetup, gossip } from "../support/command.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const { leaveTimeoutMs } = resolveOptions({ address: "127.0.0.1:0" }).timing;
/** The longest that an agent takes to end once it is told to. */
const END_MS = leaveTimeoutMs + STOP_GRACE_MS;

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gossip-deploy-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function read(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}

const packageJson = JSON.parse(read("package.json")) as {
  version: string;
  bin: { gossip: string };
  engines: { node: string };
};

/** The settings that an agent takes from these arguments, or its failure. */
async function settingsOf(
  argv: readonly string[],
  setup: CommandSetup = {},
): Promise<Record<string, { value: unknown }>> {
  const { code, stdout, stderr } = await gossip([...argv, "--check", "--json"], setup);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return JSON.parse(stdout) as Record<string, { value: unknown }>;
}

describe("deploy/gossip-agent.service", () => {
  const unit = read("deploy/gossip-agent.service");
  const settingIn = (key: string): string => {
    return new RegExp(`^${key}=(.*)$`, "m").exec(unit)?.[1] ?? "";
  };

  test("starts the agent with flags that it has, after the same were checked", async () => {
    const config = join(folder, "unit.yaml");
    writeFileSync(config, "name: a\n");
    for (const key of ["ExecStartPre", "ExecStart"]) {
      const [command, ...argv] = settingIn(key).split(" ");
      expect(command).toBe("/usr/local/bin/gossip");
      const flags = argv.filter((word) => word !== "--check");
      const own = flags.map((word) => (word === "/etc/gossip/gossip.yaml" ? config : word));
      expect(await settingsOf(own)).toMatchObject({ name: { value: "a" } });
    }
    expect(settingIn("ExecStartPre")).toMatch(/ --check$/);
  });

  test("gives it the time to leave, reloads it, and does not repeat what is wrong", () => {
    expect(Number.parseInt(settingIn("TimeoutStopSec"), 10) * 1_000).toBeGreaterThan(END_MS);
    expect(settingIn("ExecReload")).toBe("/bin/kill -HUP $MAINPID");
    expect(settingIn("RestartPreventExitStatus")).toBe(String(EXIT_USAGE));
    expect(settingIn("Restart")).toBe("on-failure");
  });

  test("is a unit to systemd-analyze, where that is installed", () => {
    const path = join(folder, "gossip-agent.service");
    // The program need not be installed where the tests run.
    writeFileSync(path, unit.replaceAll("/usr/local/bin/gossip", process.execPath));
    const { error, status, stderr } = spawnSync("systemd-analyze", ["verify", path]);
    const isMissing = error !== undefined && "code" in error && error.code === "ENOENT";
    const complaints = isMissing
      ? []
      : String(stderr)
          .split("\n")
          .filter((line) => line.includes("gossip-agent"));
    expect(complaints).toEqual([]);
    expect(isMissing ? 0 : status).toBe(0);
  });
});

describe("deploy/Containerfile", () => {
  const lines = read("deploy/Containerfile").split("\n");
  const argumentsOf = (instruction: string): string[] => {
    const found = lines.filter((line) => line.startsWith(`${instruction} `));
    return found.map((line) => line.slice(instruction.length + 1));
  };

  test("builds on a version of Node.js that the package runs on", () => {
    const least = Number(/\d+/.exec(packageJson.engines.node)?.[0]);
    const images = argumentsOf("FROM").map((image) => Number(/node:(\d+)/.exec(image)?.[1]));
    expect(images.length).toBe(2);
    for (const version of images) expect(version).toBeGreaterThanOrEqual(least);
  });

  test("runs the program of the package, which takes the signals itself", () => {
    const entry = ["node", `/app/${packageJson.bin.gossip}`];
    expect(argumentsOf("ENTRYPOINT")).toEqual([JSON.stringify(entry).replace(",", ", ")]);
    expect(argumentsOf("CMD")).toEqual(['["agent"]']);
    expect(argumentsOf("RUN")).toContain("npm run build && npm prune --omit=dev");
  });

  test("exposes the default ports", async () => {
    const { listen, admin } = await settingsOf(["agent"]);
    const ports = [listen, admin].map((setting) => String(setting?.value).split(":")[1]);
    expect(argumentsOf("EXPOSE")).toEqual([ports.join(" ")]);
  });

  test("copies files that are there, and all that the build needs is let through", () => {
    const [first = ""] = argumentsOf("COPY");
    const copied = first.split(" ").slice(0, -1);
    for (const path of copied) expect(existsSync(join(ROOT, path)), path).toBe(true);
    const ignored = read(".dockerignore")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"));
    const tracked = execFileSync("git", ["ls-files"], { cwd: ROOT, encoding: "utf8" }).split("\n");
    const sent = new Set(tracked.filter((path) => !ignored.includes(path.split("/")[0] ?? "")));
    const needed = [...copied, "tsconfig.base.json", "src/tsconfig.json", "src/cli/main.ts"];
    expect(needed.filter((path) => !sent.has(path))).toEqual([]);
    const scripts = read("package.json").matchAll(/"build[^"]*": "tsx (\S+)"/g);
    for (const [, script = ""] of scripts) expect(sent.has(script), script).toBe(true);
  });
});

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: Readonly<Record<string, unknown>>;
}

describe("deploy/kubernetes.yaml", () => {
  const documents = parseAllDocuments(read("deploy/kubernetes.yaml"));
  const manifests = documents.map((document) => document.toJS() as Manifest);
  const find = (kind: string): Manifest => {
    const found = manifests.find((manifest) => manifest.kind === kind);
    if (found === undefined) throw new Error(`there is no ${kind}`);
    return found;
  };
  const deployment = find("Deployment").spec as {
    readonly replicas: number;
    readonly selector: { readonly matchLabels: object };
    readonly template: {
      readonly metadata: {
        readonly labels: object;
        readonly annotations: Readonly<Record<string, string>>;
      };
      readonly spec: {
        readonly terminationGracePeriodSeconds: number;
        readonly volumes: readonly { name: string; configMap: { name: string } }[];
        readonly containers: readonly {
          readonly image: string;
          readonly args: readonly string[];
          readonly env: readonly { name: string; value?: string }[];
          readonly ports: readonly { name: string; containerPort: number }[];
          readonly readinessProbe: { readonly grpc: { readonly port: number } };
          readonly livenessProbe: { readonly tcpSocket: { readonly port: string } };
          readonly volumeMounts: readonly { name: string; mountPath: string }[];
        }[];
      };
    };
  };
  const { template } = deployment;
  const [container] = template.spec.containers;
  if (container === undefined) throw new Error("there is no container");
  const ports = Object.fromEntries(container.ports.map((port) => [port.name, port.containerPort]));

  test("is YAML without faults", () => {
    expect(documents.flatMap(({ errors }) => errors)).toEqual([]);
    expect(manifests.map(({ kind }) => kind)).toEqual(["Service", "ConfigMap", "Deployment"]);
  });

  test("starts the agent with settings that are right, on the ports that it declares", async () => {
    const config = join(folder, "gossip.yaml");
    writeFileSync(config, find("ConfigMap").data?.["gossip.yaml"] ?? "");
    const [mount] = container.volumeMounts;
    const argv = container.args.map((word) => {
      return word === `${mount?.mountPath}/gossip.yaml` ? config : word;
    });
    expect(argv).toContain(config);
    const env = Object.fromEntries(
      container.env.flatMap(({ name, value }) => {
        const text = value?.replace("$(POD_IP)", "10.1.2.3").replace("$(POD_NAME)", "gossip-1");
        return text === undefined ? [] : [[name, text]];
      }),
    );
    const service = find("Service");
    expect(await settingsOf(argv, { env })).toMatchObject({
      listen: { value: `0.0.0.0:${ports["peer"]}` },
      advertise: { value: `10.1.2.3:${ports["peer"]}` },
      name: { value: "gossip-1" },
      seeds: { value: [`${service.metadata.name}:${ports["peer"]}`] },
      admin: { value: `0.0.0.0:${ports["admin"]}` },
      readOnly: { value: true },
    });
  });

  test("asks the right ports, and leaves the time to leave", () => {
    expect(container.readinessProbe.grpc.port).toBe(ports["peer"]);
    expect(ports[container.livenessProbe.tcpSocket.port]).toBe(ports["peer"]);
    expect(template.metadata.annotations["prometheus.io/port"]).toBe(String(ports["admin"]));
    expect(template.spec.terminationGracePeriodSeconds * 1_000).toBeGreaterThan(END_MS);
  });

  test("has names and labels that fit together", () => {
    const service = find("Service").spec;
    expect(service?.["selector"]).toEqual(template.metadata.labels);
    expect(deployment.selector.matchLabels).toEqual(template.metadata.labels);
    expect(service?.["clusterIP"]).toBe("None");
    // Otherwise nobody would be found by the first, and nobody would ever be ready.
    expect(service?.["publishNotReadyAddresses"]).toBe(true);
    expect(deployment.replicas).toBeGreaterThan(1);
    const [port] = (service?.["ports"] ?? []) as { port: number; targetPort: string }[];
    expect([port?.port, ports[port?.targetPort ?? ""]]).toEqual([ports["peer"], ports["peer"]]);
    const [volume] = template.spec.volumes;
    expect(volume?.configMap.name).toBe(find("ConfigMap").metadata.name);
    expect(container.volumeMounts[0]?.name).toBe(volume?.name);
    expect(container.image).toBe(`gossip:${packageJson.version}`);
  });
});
