// A made-up cluster of any size, for the page to show: members, links on four rings, events. It changes
// when a test says so, and tells those who watch.

import { create } from "@bufbuild/protobuf";
import { type Duration, DurationSchema, timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  Dialect,
  type Event,
  EventSchema,
  EventType,
  InfoSchema,
  type Member,
  MemberSchema,
  MemberStatus,
  MetadataValueSchema,
} from "../../../src/gen/gossip/admin/v1/admin_pb.js";
import { seededRandom } from "../../support/seeded-random.js";

const RINGS = 4;
const EVENTS_KEPT = 500;
const ZONES = ["oslo", "porto", "riga"] as const;
const ROLES = ["web", "queue", "store", "search"] as const;
const SEED = 7;

/** A change, as those who watch are told of it. */
export interface Change {
  readonly member: Member;
  readonly event: Event;
}

/** The cluster, as its first member sees it. */
export class MockCluster {
  readonly members = new Map<string, Member>();
  readonly events: Event[] = [];
  /** Pairs of which the first does not reach the second: `from to`. */
  readonly cuts = new Set<string>();
  readonly #links = new Map<string, Set<string>>();
  readonly #watchers = new Set<(change: Change) => void>();

  constructor(size: number) {
    const random = seededRandom(SEED);
    for (let index = 0; index < size; index++) {
      const member = makeMember(index, random);
      this.members.set(member.address, member);
    }
    this.#link(random);
  }

  /** The address of the agent that is asked. */
  get self(): string {
    return addressOf(0);
  }

  /** Those that a member has a link to. */
  neighboursOf(address: string): string[] {
    return [...(this.#links.get(address) ?? [])].sort();
  }

  /** Calls back at each change, until the function that it gives back is called. */
  watch(onChange: (change: Change) => void): () => void {
    this.#watchers.add(onChange);
    return () => this.#watchers.delete(onChange);
  }

  /** Changes the info of a member. */
  update(address: string, name: string, metadata: Readonly<Record<string, string>> = {}): void {
    const info = this.#member(address).info;
    const values = Object.entries(metadata).map(([key, text]) => [key, textValue(text)] as const);
    this.#change(address, EventType.UPDATED, "its own word", {
      info: create(InfoSchema, {
        name,
        metadata: { ...info?.metadata, ...Object.fromEntries(values) },
      }),
      version: this.#member(address).version + 1,
    });
  }

  /** Removes keys from a member's metadata, without a word. */
  removeKeys(address: string, keys: readonly string[]): void {
    for (const key of keys) delete this.#member(address).info?.metadata[key];
  }

  /** Lets a member be suspected. */
  suspect(address: string): void {
    this.#change(address, EventType.SUSPECTED, "it did not answer a probe in time", {
      status: MemberStatus.SUSPECTED,
    });
  }

  /** Ends a suspicion. */
  clear(address: string): void {
    this.#change(address, EventType.CLEARED, "it answered two of its watchers", {
      status: MemberStatus.LIVE,
    });
  }

  /** Lets a member fail. */
  fail(address: string): void {
    this.#change(address, EventType.FAILED, "three watchers found its port closed", {
      status: MemberStatus.FAILED,
    });
  }

  /** Lets a member leave. */
  leave(address: string): void {
    this.#change(address, EventType.LEFT, "it said so", { status: MemberStatus.LEFT });
  }

  /** Brings a member back. */
  rejoin(address: string): void {
    const incarnation = this.#member(address).incarnation + 1;
    this.#change(address, EventType.JOINED, "", { status: MemberStatus.LIVE, incarnation });
  }

  #member(address: string): Member {
    const member = this.members.get(address);
    if (member === undefined) throw new Error(`no member ${address}`);
    return member;
  }

  #change(address: string, type: EventType, reason: string, part: Partial<Member>): void {
    const at = timestampFromMs(Date.now());
    const member = create(MemberSchema, { ...this.#member(address), ...part, changedAt: at });
    this.members.set(address, member);
    const event = create(EventSchema, { type, at, member, reason });
    this.events.push(event);
    if (this.events.length > EVENTS_KEPT) this.events.shift();
    for (const tell of [...this.#watchers]) tell({ member, event });
  }

  #link(random: () => number): void {
    const addresses = [...this.members.keys()];
    for (let ring = 0; ring < RINGS; ring++) {
      const order = [...addresses].map((address) => ({ address, at: random() }));
      order.sort((a, b) => a.at - b.at);
      order.forEach(({ address }, index) => {
        const next = order[(index + 1) % order.length]?.address;
        if (next === undefined || next === address) return;
        this.#addLink(address, next);
        this.#addLink(next, address);
      });
    }
  }

  #addLink(from: string, to: string): void {
    const links = this.#links.get(from) ?? new Set();
    this.#links.set(from, links.add(to));
  }
}

/** The address of a member by its number. */
export function addressOf(index: number): string {
  return `10.${Math.floor(index / 62_500)}.${Math.floor(index / 250) % 250}.${(index % 250) + 1}:7946`;
}

function makeMember(index: number, random: () => number): Member {
  const role = pick(ROLES, random);
  const knownMs = Date.now() - Math.floor(random() * 86_400_000) - 60_000;
  return create(MemberSchema, {
    address: addressOf(index),
    info: {
      name: index === 0 ? "gateway" : `${role}-${index}`,
      metadata: { zone: textValue(pick(ZONES, random)), role: textValue(role) },
    },
    status: MemberStatus.LIVE,
    isSelf: index === 0,
    dialect: Dialect.NATIVE,
    startedAt: timestampFromMs(knownMs - 1_000),
    incarnation: Math.floor(random() * 3),
    version: Math.floor(random() * 20) + 1,
    knownSince: timestampFromMs(knownMs),
    changedAt: timestampFromMs(knownMs),
    ...(index === 0 ? {} : { roundTrip: millisOf(0.3 + random() * 4) }),
  });
}

function textValue(value: string) {
  return create(MetadataValueSchema, { kind: { case: "text", value } });
}

/** A length of time. */
export function millisOf(ms: number): Duration {
  return create(DurationSchema, {
    seconds: BigInt(Math.floor(ms / 1_000)),
    nanos: Math.round((ms % 1_000) * 1e6),
  });
}

function pick<T>(from: readonly [T, ...T[]], random: () => number): T {
  return from[Math.floor(random() * from.length)] ?? from[0];
}
