// What the admin service does, method by method, whatever the protocol by which it is asked.

import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import type { MetadataValue } from "../core/record.js";
import { thrownText } from "../core/thrown.js";
import {
  type ExplainRequest,
  ExplainResponseSchema,
  type ForgetRequest,
  ForgetResponseSchema,
  GetHealthResponseSchema,
  GetInfoResponseSchema,
  GetStatsResponseSchema,
  type JoinOutcomeSchema,
  type JoinRequest,
  JoinResponseSchema,
  LeaveResponseSchema,
  type ListLinksRequest,
  ListLinksResponseSchema,
  type ListMembersRequest,
  ListMembersResponseSchema,
  type SetInfoRequest,
  SetInfoResponseSchema,
  type WatchEventsRequest,
  type WatchMembersRequest,
  type WatchReachRequest,
} from "../gen/gossip/admin/v1/admin_pb.js";
import { flatFigures } from "../peer/figures.js";
import type { Peer } from "../peer/peer.js";
import { setImmediate } from "../transport/platform-timers.js";
import type { EventLoopDelay } from "./event-loop-delay.js";
import type { Feeds } from "./feeds.js";
import { MemberMessages } from "./member-messages.js";
import {
  countsOf,
  durationOf,
  infoMessage,
  linkMessage,
  memberMessage,
  metadataValueOf,
  stepMessage,
  timestampOf,
} from "./messages.js";
import type { ResolvedAdminOptions } from "./options.js";
import { packageVersion } from "./package-version.js";
import { processFigures } from "./process-figures.js";
import type { WatcherSlots } from "./watcher-slots.js";

/** What the service is made from. */
export interface AdminServiceParts {
  readonly peer: Peer;
  readonly feeds: Feeds;
  readonly delay: EventLoopDelay;
  readonly slots: WatcherSlots;
  readonly options: ResolvedAdminOptions;
  /** Called once the peer has left because a client asked for it. */
  readonly onLeft: () => void;
}

/** The methods of `gossip.admin.v1.AdminService`. */
export class AdminActions {
  readonly #peer: Peer;
  readonly #parts: AdminServiceParts;
  readonly #slots: WatcherSlots;
  readonly #messages = new MemberMessages();
  readonly #version = packageVersion();
  readonly #startedAtMs = Date.now() - process.uptime() * 1_000;

  constructor(parts: AdminServiceParts) {
    this.#peer = parts.peer;
    this.#parts = parts;
    this.#slots = parts.slots;
  }

  listMembers({ statuses, contains, limit }: ListMembersRequest) {
    const details = this.#peer.details();
    const wanted = this.#messages
      .ofList(details)
      .filter(
        (member) =>
          (statuses.length === 0 || statuses.includes(member.status)) &&
          (member.address.includes(contains) || member.info?.name.includes(contains)),
      );
    const members = limit === 0 ? wanted : wanted.slice(0, limit);
    return create(ListMembersResponseSchema, { members, counts: countsOf(details) });
  }

  watchMembers({ cursor }: WatchMembersRequest, signal: AbortSignal) {
    return this.#slots.hold(signal, this.#parts.feeds.members.watch(cursor, signal));
  }

  watchReach({ addresses }: WatchReachRequest, signal: AbortSignal) {
    return this.#slots.hold(signal, this.#parts.feeds.reach.watch(addresses, signal));
  }

  watchEvents(request: WatchEventsRequest, signal: AbortSignal) {
    return this.#slots.hold(signal, this.#parts.feeds.events.watch(request, signal));
  }

  getInfo() {
    const { address, info } = this.#peer;
    return create(GetInfoResponseSchema, { address, info: infoMessage(info) });
  }

  setInfo({ name, metadata, removedKeys }: SetInfoRequest) {
    this.#checkWritable();
    const { info } = this.#peer;
    const next: Record<string, MetadataValue> = { ...info.metadata };
    for (const key of removedKeys) delete next[key];
    for (const [key, value] of Object.entries(metadata)) {
      const given = metadataValueOf(value);
      if (given === undefined) {
        const message = `the metadata key ${JSON.stringify(key)} has neither text nor data: give one, or name the key in removed_keys`;
        throw new ConnectError(message, Code.InvalidArgument);
      }
      next[key] = given;
    }
    this.#peer.updateInfo({ name: name ?? info.name, metadata: next });
    return create(SetInfoResponseSchema, { info: infoMessage(this.#peer.info) });
  }

  async join({ addresses }: JoinRequest) {
    this.#checkWritable();
    const { maxJoinAddresses } = this.#parts.options.limits;
    if (addresses.length === 0 || addresses.length > maxJoinAddresses) {
      const message = `give 1 to ${maxJoinAddresses} addresses of the cluster, like 10.0.0.5:7946 (there are ${addresses.length})`;
      throw new ConnectError(message, Code.InvalidArgument);
    }
    const outcomes = await Promise.all(addresses.map((address) => this.#join(address)));
    return create(JoinResponseSchema, { outcomes });
  }

  async leave() {
    this.#checkWritable();
    await this.#peer.leave();
    // After the answer is on its way.
    setImmediate(this.#parts.onLeft);
    return create(LeaveResponseSchema);
  }

  forget({ address }: ForgetRequest) {
    this.#checkWritable();
    this.#peer.forget(address);
    this.#parts.feeds.members.touch(address);
    return create(ForgetResponseSchema);
  }

  explain({ address }: ExplainRequest) {
    const member = this.#peer.detail(address);
    const steps = this.#peer.explain(address);
    if (member === undefined && steps.length === 0) {
      const message = `${JSON.stringify(address)} is no member that this peer knows of: see the list of members`;
      throw new ConnectError(message, Code.NotFound);
    }
    return create(ExplainResponseSchema, {
      ...(member !== undefined && { member: memberMessage(member) }),
      steps: steps.map(stepMessage),
      watchers: [...this.#peer.watchersOf(address)],
    });
  }

  async listLinks({ address }: ListLinksRequest) {
    const isSelf = address === "" || address === this.#peer.address;
    const links = isSelf ? this.#peer.links() : await this.#peer.askLinks(address);
    return create(ListLinksResponseSchema, {
      address: isSelf ? this.#peer.address : address,
      links: links.map(linkMessage),
    });
  }

  getStats() {
    const figures = { ...flatFigures(this.#peer.stats()), ...processFigures(this.#parts.delay) };
    return create(GetStatsResponseSchema, { figures });
  }

  getHealth() {
    const { isJoined, score, reason = "" } = this.#peer.health();
    return create(GetHealthResponseSchema, {
      joined: isJoined,
      reason,
      score,
      eventLoopDelay: durationOf(this.#parts.delay.p99Ms),
      startedAt: timestampOf(this.#startedAtMs),
      version: this.#version,
      runtime: process.version,
      counts: countsOf(this.#peer.details()),
      address: this.#peer.address,
      readOnly: this.#parts.options.isReadOnly,
    });
  }

  async #join(address: string): Promise<MessageInitShape<typeof JoinOutcomeSchema>> {
    try {
      await this.#peer.addSeed(address);
      return { address, answered: true };
    } catch (error) {
      return { address, answered: false, reason: thrownText(error) };
    }
  }

  #checkWritable(): void {
    if (!this.#parts.options.isReadOnly) return;
    const message = "this agent is read-only: start it without --read-only to act through it";
    throw new ConnectError(message, Code.PermissionDenied);
  }
}
