import { expect, test } from "vitest";
import { infoChange } from "./info-change.js";

const before = [
  { key: "zone", value: "oslo", isText: true },
  { key: "role", value: "web", isText: true },
];
const row = (key: string, value: string, id = 0) => ({ id, key, value });

test("only what differs is asked for", () => {
  const rows = [row("zone", "riga"), row("role", "web"), row(" note ", "x")];
  expect(infoChange("a", before, "a", rows)).toEqual({
    metadata: {
      zone: { kind: { case: "text", value: "riga" } },
      note: { kind: { case: "text", value: "x" } },
    },
    removedKeys: [],
  });
});

test("a key that is gone from the dialog is removed; a new name is set", () => {
  expect(infoChange("a", before, "b", [row("role", "web")])).toEqual({
    name: "b",
    metadata: {},
    removedKeys: ["zone"],
  });
});

test("a key without a name is passed over", () => {
  expect(infoChange("a", [], "a", [row("  ", "x")])).toEqual({ metadata: {}, removedKeys: [] });
});
