import { create } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import {
  EventSchema,
  EventType,
  GetHealthResponseSchema,
  ListMembersResponseSchema,
  MemberStatus,
} from "../gen/gossip/admin/v1/admin_pb.js";
import { type TopView, topFrame } from "./top-frame.js";

function viewOf(statuses: readonly MemberStatus[], events = 0): TopView {
  const members = statuses.map((status, index) => ({ address: `10.0.0.${index}:1`, status }));
  return {
    health: create(GetHealthResponseSchema, { address: "10.0.0.0:1", joined: true }),
    list: create(ListMembersResponseSchema, { members }),
    events: Array.from({ length: events }, (_, index) => {
      return create(EventSchema, { type: EventType.LEFT, reason: `event ${index}` });
    }),
    links: 0,
  };
}

describe("what gossip top draws", () => {
  test.each([
    [1_000, 1_000],
    [1_000, 0],
    [2, 1_000],
  ])("fits the terminal with %i members and %i events", (members, events) => {
    const view = viewOf(
      Array.from({ length: members }, () => MemberStatus.LIVE),
      events,
    );
    const lines = topFrame(view, { columns: 40, rows: 24 }, 0, "x".repeat(200)).split("\n");
    // Two lines are the caller's, for how it is ended.
    expect(lines.length).toBeLessThanOrEqual(22);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(40);
    if (events > 0) expect(lines.at(-1)).toContain("event 999");
    if (members > 20) expect(lines.find((line) => /^… and \d+ more$/.test(line))).toBeDefined();
  });

  test("begins with the members that need a look", () => {
    const { LIVE, LEFT, FAILED, SUSPECTED } = MemberStatus;
    const frame = topFrame(viewOf([LIVE, LEFT, FAILED, SUSPECTED]), { columns: 80, rows: 24 }, 0);
    const order = Array.from(
      frame.matchAll(/^10\.0\.0\.\d:1 +(suspected|failed|live|left)/gm),
      ([, status]) => status,
    );
    expect(order).toEqual(["suspected", "failed", "live", "left"]);
  });
});
