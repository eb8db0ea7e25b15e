import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import {
  type MemberSchema,
  MemberStatus,
  WatchMembersResponseSchema,
} from "../../gen/gossip/admin/v1/admin_pb.js";
import { countStatuses, RosterBuilder, total } from "./roster.js";

type Init = MessageInitShape<typeof MemberSchema>;

function member(address: string, status = MemberStatus.LIVE): Init {
  return { address, status };
}

function snapshot(members: Init[], first: boolean, last: boolean) {
  const value = { members, first, last };
  return create(WatchMembersResponseSchema, { kind: { case: "snapshot", value } });
}

function changes(members: Init[], removed: string[] = []) {
  return create(WatchMembersResponseSchema, {
    kind: { case: "changes", value: { members, removed } },
  });
}

function addresses(builder: RosterBuilder): string[] {
  return [...builder.members().keys()];
}

describe("the list of members", () => {
  test("shows a snapshot once its last part is there", () => {
    const builder = new RosterBuilder();
    builder.apply(snapshot([member("a:1")], true, false));
    expect(builder.isPartial).toBe(true);
    expect(addresses(builder)).toEqual([]);
    builder.apply(snapshot([member("b:1")], false, true));
    expect(builder.isPartial).toBe(false);
    expect(addresses(builder)).toEqual(["a:1", "b:1"]);
  });

  test("forgets with a snapshot what it knew before", () => {
    const builder = new RosterBuilder();
    builder.apply(snapshot([member("a:1")], true, true));
    builder.apply(snapshot([member("b:1")], true, true));
    expect(addresses(builder)).toEqual(["b:1"]);
  });

  test("begins anew with a first part, though the last one of the snapshot before never came", () => {
    const builder = new RosterBuilder();
    builder.apply(snapshot([member("a:1")], true, false));
    builder.apply(snapshot([member("b:1")], true, true));
    expect(addresses(builder)).toEqual(["b:1"]);
  });

  test("takes changes and removals in", () => {
    const builder = new RosterBuilder();
    builder.apply(snapshot([member("a:1"), member("b:1")], true, true));
    builder.apply(changes([member("b:1", MemberStatus.FAILED), member("c:1")], ["a:1"]));
    expect(addresses(builder)).toEqual(["b:1", "c:1"]);
    expect(builder.members().get("b:1")?.status).toBe("failed");
  });

  test("passes over an answer that only a newer page knows", () => {
    const builder = new RosterBuilder();
    builder.apply(snapshot([member("a:1")], true, true));
    builder.apply(create(WatchMembersResponseSchema, {}));
    expect(addresses(builder)).toEqual(["a:1"]);
  });

  test("is counted by status", () => {
    const builder = new RosterBuilder();
    const status = MemberStatus.SUSPECTED;
    builder.apply(snapshot([member("a:1"), member("b:1", status)], true, true));
    const counts = countStatuses(builder.members());
    expect(counts).toEqual({ live: 1, suspected: 1, failed: 0, left: 0 });
    expect(total(counts)).toBe(2);
  });
});
