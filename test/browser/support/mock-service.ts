// The admin service of a made-up cluster.

import { setImmediate as nextTurn } from "node:timers/promises";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, type ServiceImpl } from "@connectrpc/connect";
import {
  type AdminService,
  type MemberCounts,
  MemberCountsSchema,
  MemberStatus,
  type StepSchema,
} from "../../../src/gen/gossip/admin/v1/admin_pb.js";
import { type Change, type MockCluster, millisOf } from "./mock-cluster.js";
import { mockFigures } from "./mock-figures.js";

const SNAPSHOT_PART = 250;
const SOME_TIME_AGO_MS = 180_000;

/** How the agent is to behave. */
export interface MockOptions {
  readonly isReadOnly: boolean;
}

/** All methods of the service. */
export function mockService(
  cluster: MockCluster,
  { isReadOnly }: MockOptions,
): ServiceImpl<typeof AdminService> {
  const startedMs = Date.now();
  return {
    ...readsOf(cluster, isReadOnly, startedMs),
    ...streamsOf(cluster),
    ...actionsOf(cluster, isReadOnly),
  };
}

type Reads = "listMembers" | "getInfo" | "explain" | "listLinks" | "getStats" | "getHealth";

function readsOf(
  cluster: MockCluster,
  isReadOnly: boolean,
  startedMs: number,
): Pick<ServiceImpl<typeof AdminService>, Reads> {
  return {
    listMembers: () => ({ members: [...cluster.members.values()], counts: countsOf(cluster) }),
    getInfo: () => ({ address: cluster.self, info: memberOf(cluster, cluster.self).info }),
    explain: ({ address }) => ({
      member: memberOf(cluster, address),
      watchers: cluster.neighboursOf(address),
      steps: stepsOf(cluster, address),
    }),
    listLinks: ({ address }) => {
      const of = address === "" ? cluster.self : address;
      return { address: of, links: linksOf(cluster, of) };
    },
    getStats: () => ({ figures: mockFigures(Date.now() - startedMs, cluster.members.size) }),
    getHealth: () => ({
      joined: true,
      score: 0,
      eventLoopDelay: millisOf(2.1),
      startedAt: timestampFromMs(startedMs),
      version: "0.1.0",
      runtime: process.version,
      counts: countsOf(cluster),
      address: cluster.self,
      readOnly: isReadOnly,
    }),
  };
}

type Streams = "watchMembers" | "watchEvents" | "watchReach";

function streamsOf(cluster: MockCluster): Pick<ServiceImpl<typeof AdminService>, Streams> {
  return {
    async *watchMembers(_request, { signal }) {
      const changes = changesOf(cluster, signal);
      const members = [...cluster.members.values()];
      for (let from = 0; from < members.length; from += SNAPSHOT_PART) {
        const value = {
          members: members.slice(from, from + SNAPSHOT_PART),
          first: from === 0,
          last: from + SNAPSHOT_PART >= members.length,
        };
        yield { kind: { case: "snapshot" as const, value }, cursor: "1" };
      }
      for await (const { member } of changes) {
        yield { kind: { case: "changes" as const, value: { members: [member] } }, cursor: "1" };
      }
    },
    async *watchEvents({ latest }, { signal }) {
      const changes = changesOf(cluster, signal);
      for (const event of latest === 0 ? [] : cluster.events.slice(-latest)) {
        yield { event, cursor: "1" };
      }
      for await (const { event } of changes) yield { event, cursor: "1" };
    },
    async *watchReach(_request, { signal }) {
      for (const { address, status } of cluster.members.values()) {
        await nextTurn();
        if (signal.aborted) return;
        if (status !== MemberStatus.LIVE) continue;
        const reached = cluster.neighboursOf(address).map((to) => ({
          address: to,
          ok: isReached(cluster, address, to),
          roundTrip: millisOf(0.4 + ((address.length * 7 + to.length * 13) % 20) / 10),
        }));
        yield { reach: { address, answered: true, reached } };
      }
    },
  };
}

type Actions = "setInfo" | "join" | "leave" | "forget";

function actionsOf(
  cluster: MockCluster,
  isReadOnly: boolean,
): Pick<ServiceImpl<typeof AdminService>, Actions> {
  const check = (): void => {
    if (isReadOnly) throw new ConnectError("the agent is read-only", Code.PermissionDenied);
  };
  return {
    setInfo: ({ name, metadata, removedKeys }) => {
      check();
      const texts = Object.entries(metadata).map(
        ([key, { kind }]) => [key, kind.case === "text" ? kind.value : ""] as const,
      );
      const before = memberOf(cluster, cluster.self).info?.name ?? "";
      cluster.removeKeys(cluster.self, removedKeys);
      cluster.update(cluster.self, name ?? before, Object.fromEntries(texts));
      return { info: memberOf(cluster, cluster.self).info };
    },
    join: ({ addresses }) => {
      check();
      return {
        outcomes: addresses.map((address) => ({ address, answered: false, reason: "no answer" })),
      };
    },
    leave: () => {
      check();
      return {};
    },
    forget: ({ address }) => {
      check();
      cluster.members.delete(address);
      return {};
    },
  };
}

/** The changes from now on, for one watcher. */
async function* changesOf(cluster: MockCluster, signal: AbortSignal): AsyncGenerator<Change> {
  const waiting: Change[] = [];
  let wake = (): void => {};
  const stop = cluster.watch((change) => {
    waiting.push(change);
    wake();
  });
  signal.addEventListener("abort", () => wake());
  try {
    while (!signal.aborted) {
      yield* waiting.splice(0);
      if (waiting.length > 0 || signal.aborted) continue;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    stop();
  }
}

function isReached(cluster: MockCluster, from: string, to: string): boolean {
  const status = cluster.members.get(to)?.status;
  return status === MemberStatus.LIVE && !cluster.cuts.has(`${from} ${to}`);
}

function memberOf(cluster: MockCluster, address: string) {
  const member = cluster.members.get(address);
  if (member === undefined) throw new ConnectError(`no member ${address}`, Code.NotFound);
  return member;
}

function linksOf(cluster: MockCluster, address: string) {
  return cluster.neighboursOf(address).map((to, index) => ({
    address: to,
    outbound: index % 2 === 0,
    neighbour: true,
    roundTrip: millisOf(0.5 + index / 4),
    silentFor: millisOf(100 * index + 20),
  }));
}

function stepsOf(cluster: MockCluster, address: string): MessageInitShape<typeof StepSchema>[] {
  const [first, second] = cluster.neighboursOf(address);
  const at = (index: number) => timestampFromMs(Date.now() - SOME_TIME_AGO_MS + index * 260);
  return [
    { at: at(0), type: "probe-missed", text: "it did not answer our probe in time", other: "" },
    { at: at(2), type: "suspected", text: "we began to suspect it: silence", other: "" },
    { at: at(2), type: "asked", text: `we asked ${first} whether it answers`, other: first ?? "" },
    { at: at(3), type: "evidence", text: `${second} found it answering`, other: second ?? "" },
    { at: at(4), type: "cleared", text: "we no longer suspect it: it answers", other: "" },
  ];
}

function countsOf(cluster: MockCluster): MemberCounts {
  const counts = create(MemberCountsSchema);
  for (const { status } of cluster.members.values()) {
    if (status === MemberStatus.LIVE) counts.live++;
    if (status === MemberStatus.SUSPECTED) counts.suspected++;
    if (status === MemberStatus.FAILED) counts.failed++;
    if (status === MemberStatus.LEFT) counts.left++;
  }
  return counts;
}
