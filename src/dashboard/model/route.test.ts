import { expect, test } from "vitest";
import { hrefTo, parseRoute } from "./route.js";

test.each([
  ["", { type: "members" }],
  ["#/graph", { type: "graph" }],
  ["#/nonsense", { type: "members" }],
  ["#/member/", { type: "members" }],
  ["#/member/%E0%A4%A", { type: "members" }],
  ["#/member/%5B%3A%3A1%5D%3A7946", { type: "member", address: "[::1]:7946" }],
])("%s leads to %o", (hash, route) => {
  expect(parseRoute(hash)).toEqual(route);
});

test("an address comes back as it went out", () => {
  const address = "[fe80::1%25eth0]:7946";
  expect(parseRoute(hrefTo({ type: "member", address }))).toEqual({ type: "member", address });
});
