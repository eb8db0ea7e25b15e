// The types that settings of an agent have: how each is written as a flag, as a variable and in the
// config file, and how its value is shown.

import { InvalidArgumentError } from "commander";
import * as v from "valibot";
import { printable } from "../peer/printable.js";
import { durationMsOf, pairOf } from "./arguments.js";
import { formatDuration } from "./output.js";

/** One setting: its flag, what it is for, and its type. */
export interface Setting<T> {
  /** As commander writes flags: `--name <value>`. */
  readonly flag: string;
  readonly description: string;
  /** Whether the flag can be given several times. */
  readonly isRepeatable: boolean;
  /** The values that it can have, for completion; undefined where they are not counted. */
  readonly choices: readonly string[] | undefined;
  /** Its value in the config file. */
  readonly schema: v.GenericSchema<unknown, T>;
  /** Its value as a flag, or each of its flags; throws InvalidArgumentError. */
  parse(texts: readonly string[]): T;
  /** The texts within a variable, which holds all in one. */
  split(text: string): readonly string[];
  /** For people. */
  show(value: T): string;
}

type Basics = Pick<Setting<unknown>, "flag" | "description">;

const QUOTED = "must be text: put it in quotes";
const DURATION = "must be a duration with its unit, like 100ms, 1s or 2m";

/** Any text, or one that a check accepts. */
export function text(
  basics: Basics,
  check?: { readonly isRight: (text: string) => boolean; readonly message: string },
): Setting<string> {
  const { isRight = () => true, message = "" } = check ?? {};
  return single(basics, v.pipe(v.string(QUOTED), v.check(isRight, message)), printable);
}

/** One of a few words. */
export function choice<const T extends string>(basics: Basics, choices: readonly T[]): Setting<T> {
  const schema = v.picklist(choices, `must be one of ${choices.join(", ")}`);
  return { ...single<T>(basics, schema, (value) => value), choices };
}

/** A time span, in milliseconds. */
export function duration(basics: Basics): Setting<number> {
  const schema = v.pipe(
    v.string(DURATION),
    v.check((value) => durationMsOf(value) !== undefined, DURATION),
    v.transform((value) => durationMsOf(value) ?? 0),
  );
  return single(basics, schema, formatDuration);
}

/** True where it is given. */
export function toggle(basics: Basics): Setting<boolean> {
  const schema = v.boolean("must be true or false");
  const setting = single<boolean>(basics, schema, String);
  const words: Readonly<Record<string, boolean>> = { true: true, 1: true, false: false, 0: false };
  return { ...setting, parse: ([value = ""]) => parsed(schema, words[value]) };
}

/** Texts, each accepted by a check. */
export function list(
  basics: Basics,
  { isRight, message }: { isRight: (text: string) => boolean; message: string },
): Setting<readonly string[]> {
  const item = v.pipe(v.string(QUOTED), v.check(isRight, message));
  return {
    ...basics,
    isRepeatable: true,
    choices: undefined,
    schema: v.array(item, "must be a list"),
    parse: (texts) => texts.map((value) => parsed(item, value)),
    split: (value) => value.split(/[\s,]+/).filter((part) => part !== ""),
    show: (values) => values.map(printable).join(" "),
  };
}

/** `key=value`, several times. */
export function pairs<T>(
  basics: Basics,
  value: v.GenericSchema<unknown, T>,
  fromText: (text: string) => unknown,
): Setting<Readonly<Record<string, T>>> {
  return {
    ...basics,
    isRepeatable: true,
    choices: undefined,
    schema: v.record(v.string(), value, "must be keys with values"),
    parse: (texts) => {
      return Object.fromEntries(
        texts.map((each) => {
          const pair = pairOf(each);
          if (pair === undefined) throw new InvalidArgumentError("It must be key=value.");
          return [pair[0], parsed(value, fromText(pair[1]))];
        }),
      );
    },
    // A comma separates where a key follows; within a value it is a part of it.
    split: (all) => all.split(/,(?=[^,=]+=)/).filter((part) => part !== ""),
    show: (values) => {
      const entries = Object.entries(values);
      return entries.map(([key, each]) => printable(`${key}=${String(each)}`)).join(" ");
    },
  };
}

/** The schema of text in the config file. */
export const TEXT_SCHEMA = v.string(QUOTED);

function single<T>(
  basics: Basics,
  schema: v.GenericSchema<unknown, T>,
  show: (value: T) => string,
): Setting<T> {
  return {
    ...basics,
    isRepeatable: false,
    choices: undefined,
    schema,
    parse: (texts) => parsed(schema, texts.at(-1)),
    split: (value) => [value],
    show,
  };
}

function parsed<T>(schema: v.GenericSchema<unknown, T>, value: unknown): T {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  throw new InvalidArgumentError(`It ${result.issues[0].message}.`);
}
