import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { thrownCause, thrownCode, thrownStack, thrownText, thrownTogether } from "./thrown.js";

/** The value of an expression in another realm, whose classes are not ours. */
function foreign(expression: string): unknown {
  return runInNewContext(expression);
}

describe("an error of another realm", () => {
  test("is none by its class", () => {
    expect(foreign("new Error('gone')") instanceof Error).toBe(false);
  });

  test("has its words, its code and its cause all the same", () => {
    const error = foreign("Object.assign(new Error('gone', { cause: 7 }), { code: 'ENOENT' })");
    expect(thrownText(error)).toBe("gone");
    expect(thrownStack(error)).toMatch(/^Error: gone\n +at /);
    expect(thrownCode(error)).toBe("ENOENT");
    expect(thrownCause(error)).toBe(7);
    expect(thrownTogether(error)).toBeUndefined();
  });

  test("has those that it stands for", () => {
    const error = foreign("new AggregateError([new Error('first'), new Error('second')])");
    expect(thrownTogether(error)?.map(thrownText)).toEqual(["first", "second"]);
  });
});

test.each([
  ["a text", "it broke", "it broke"],
  ["nothing", undefined, "undefined"],
  ["null", null, "null"],
  ["a symbol", Symbol("s"), "Symbol(s)"],
  ["an object whose message is no text", { message: 7, toString: (): string => "seven" }, "seven"],
])("what is no error, such as %s, has words too, and nothing else", (_, thrown, words) => {
  expect(thrownText(thrown)).toBe(words);
  expect(thrownStack(thrown)).toBe(words);
  expect(thrownCode(thrown)).toBeUndefined();
  expect(thrownCause(thrown)).toBeUndefined();
  expect(thrownTogether(thrown)).toBeUndefined();
});

test("an object that cannot be made a text has words of its kind", () => {
  expect(thrownText(Object.create(null))).toBe("[object Object]");
});
