import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { MemberSchema, MemberStatus } from "../../gen/gossip/admin/v1/admin_pb.js";
import { type ListQuery, selectMembers, WHOLE_LIST } from "./member-list.js";
import { memberView } from "./member-view.js";

function member(init: MessageInitShape<typeof MemberSchema>) {
  return memberView(create(MemberSchema, init));
}

const text = (value: string) => ({ kind: { case: "text" as const, value } });
const millis = (ms: number) => ({ nanos: ms * 1e6 });

const MEMBERS = [
  member({ address: "10.0.0.2:1", info: { name: "web-10" }, roundTrip: millis(3) }),
  member({ address: "10.0.0.3:1", info: { name: "web-9", metadata: { zone: text("Oslo") } } }),
  member({ address: "10.0.0.4:1", info: { name: "db" }, status: MemberStatus.FAILED }),
  member({ address: "10.0.0.1:1", info: { name: "zed" }, isSelf: true, roundTrip: millis(1) }),
];

function titles(query: Partial<ListQuery>): string[] {
  return selectMembers(MEMBERS, { ...WHOLE_LIST, ...query }).map(({ title }) => title);
}

test("this agent is first, then names in the order of their numbers", () => {
  expect(titles({})).toEqual(["zed", "db", "web-9", "web-10"]);
});

test("all words of a search have to be found, in name, address or metadata", () => {
  expect(titles({ search: "web" })).toEqual(["web-9", "web-10"]);
  expect(titles({ search: "WEB oslo" })).toEqual(["web-9"]);
  expect(titles({ search: "10.0.0.4" })).toEqual(["db"]);
  expect(titles({ search: "web nowhere" })).toEqual([]);
});

test("a status shows its members only", () => {
  expect(titles({ status: "failed" })).toEqual(["db"]);
});

test("what is not known comes last, and first the other way round", () => {
  expect(titles({ sortKey: "roundTrip" }).slice(0, 2)).toEqual(["zed", "web-10"]);
  expect(titles({ sortKey: "roundTrip", isDescending: true }).slice(2)).toEqual(["web-10", "zed"]);
});
