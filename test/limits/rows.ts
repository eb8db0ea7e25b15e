// A table of limits as tests: each row is tested at the limit and one past it, here or where it says.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const ROOT = new URL("../../", import.meta.url);
/** A limit that is quickly reached. */
const FEW = 4;

/** Whether so much is taken in where the limit is that. */
interface Probe {
  readonly type: "probe";
  readonly limit: number;
  fits(amount: number, limit: number): boolean | Promise<boolean>;
}

/** Whether so much is taken in, where the bound cannot be set. */
interface FixedProbe {
  readonly type: "fixed";
  readonly bound: number;
  fits(amount: number): boolean | Promise<boolean>;
}

/** A test that is elsewhere, beside what it tests or since it needs sockets. */
interface Elsewhere {
  readonly type: "elsewhere";
  readonly file: string;
  readonly title: string;
}

/** How a limit is tested. */
export type Row = Probe | FixedProbe | Elsewhere;

export function few(fits: Probe["fits"], limit = FEW): Probe {
  return { type: "probe", limit, fits };
}

export function fixed(bound: number, fits: FixedProbe["fits"]): FixedProbe {
  return { type: "fixed", bound, fits };
}

export function elsewhere(file: string, title: string): Elsewhere {
  return { type: "elsewhere", file, title };
}

/** Declares the tests of all rows. */
export function testRows(rows: Readonly<Record<string, Row>>): void {
  describe.each(Object.entries(rows))("%s", (_, row) => testRow(row));
}

function testRow(row: Row): void {
  switch (row.type) {
    case "probe":
      return testProbe(row);
    case "fixed":
      return testFixed(row);
    case "elsewhere":
      return testElsewhere(row);
    default:
      row satisfies never;
  }
}

function testProbe({ limit, fits }: Probe): void {
  test("lets in as much as the limit", async () => expect(await fits(limit, limit)).toBe(true));
  test("lets in no more", async () => expect(await fits(limit + 1, limit)).toBe(false));
  // Whatever stops it is this limit, and nothing else.
  test("lets in more where it is higher", async () => {
    expect(await fits(limit + 1, limit + 2)).toBe(true);
  });
}

function testFixed({ bound, fits }: FixedProbe): void {
  test("lets in as much as the bound", async () => expect(await fits(bound)).toBe(true));
  test("lets in no more", async () => expect(await fits(bound + 1)).toBe(false));
}

function testElsewhere({ file, title }: Elsewhere): void {
  test(`is tested where "${title}"`, () => {
    expect(file).toMatch(/\.test\.ts$/);
    const source = readFileSync(new URL(file, ROOT), "utf8").replaceAll(/\(\s+"/g, '("');
    expect(source).toContain(`("${title}",`);
  });
}
