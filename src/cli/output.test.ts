import { describe, expect, test } from "vitest";
import { formatDuration, plainTable, shortened, spanMs } from "./output.js";

describe("text of others", () => {
  test("is shortened by characters, and says so", () => {
    expect(shortened("🐢🐢🐢", 3)).toBe("🐢🐢🐢");
    expect(shortened("🐢🐢🐢🐢", 3)).toBe("🐢🐢…");
  });
});

describe("durations", () => {
  test.each([
    [0, "0 ms"],
    [0.4213, "0.42 ms"],
    [12.6, "13 ms"],
    [3_540, "3.5 s"],
    [240_000, "4 min"],
    [7_200_000, "2 h"],
    [604_800_000, "7 d"],
  ])("%d ms are %s", (durationMs, text) => {
    expect(formatDuration(durationMs)).toBe(text);
  });

  test("of the admin service keep their fraction", () => {
    const span = { $typeName: "google.protobuf.Duration", seconds: 2n, nanos: 500_000 } as const;
    expect(spanMs(span)).toBe(2_000.5);
  });
});

test("a table has its columns under one another, and nothing at the end of a line", () => {
  const table = plainTable(
    ["A", "LONG"],
    [
      ["東京", "x"],
      ["b", ""],
    ],
  );
  expect(table.split("\n")).toEqual(["A     LONG", "東京  x", "b"]);
});
