import { expect, test } from "vitest";
import type { Member } from "../core/member.js";
import { memberMap } from "./member-map.js";

test("a member list is a map, and shows its members as JSON", () => {
  const members = ["10.0.0.1:1", "10.0.0.2:1"].map(
    (address): Member => ({ address, info: { name: address }, status: "live" }) as Member,
  );
  const map = memberMap(members);
  expect([...map.keys()]).toEqual(["10.0.0.1:1", "10.0.0.2:1"]);
  expect(JSON.parse(JSON.stringify({ map }))).toEqual({ map: members });
});
