// The config file of an agent: YAML, of which JSON is a part. Every fault is told with its line and
// key.

import * as v from "valibot";
import {
  type Document,
  isMap,
  isNode,
  isPair,
  Lexer,
  LineCounter,
  parseDocument,
  visit,
} from "yaml";
import { GossipError } from "../core/errors.js";
import { thrownText } from "../core/thrown.js";
import { type AgentSettings, SETTING_KEYS, type SettingKey, settingOf } from "./agent-settings.js";
import { fileText } from "./file-text.js";
import { usage } from "./usage.js";

/** A word, a sign, a space or the end of a line: what an agent can be told takes some hundreds of them. */
const MAX_CONFIG_TOKENS = 8_192;

/** What a config file holds. */
export interface ConfigFile {
  readonly settings: AgentSettings;
  /** The line of each key that it has. */
  readonly lines: ReadonlyMap<SettingKey, number>;
}

type Path = readonly (string | number)[];

const ENTRIES = Object.fromEntries(
  SETTING_KEYS.map((key) => [key, v.optional(settingOf(key).schema)] as const),
);
/** The entries are those of the settings, key by key. */
const SCHEMA = v.strictObject(ENTRIES) as unknown as v.GenericSchema<unknown, AgentSettings>;

/** Reads and checks the file; rejects with an error of usage that names it, the line and the key. */
export async function readConfigFile(path: string): Promise<ConfigFile> {
  const reading = await fileText(path);
  if (reading.type === "fault") {
    const { fault, cause } = reading;
    throw usage(`the config file ${path} ${fault}: name the right one with --config`, cause);
  }
  try {
    return parseConfig(path, reading.text);
  } catch (error) {
    if (error instanceof GossipError) throw error;
    // Whatever the library of YAML does not make sense of.
    const message = `${path} cannot be understood (${thrownText(error)}): mend the YAML`;
    throw usage(message, error);
  }
}

function parseConfig(path: string, text: string): ConfigFile {
  if (!hasAtMostTokens(text, MAX_CONFIG_TOKENS)) {
    throw usage(`${path} holds more than any file of settings: name the right one with --config`);
  }
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const [error] = document.errors;
  const lineAt = (offset: number): number => lineCounter.linePos(offset).line;
  if (error !== undefined) {
    throw usage(`${path}:${lineAt(error.pos[0])}: ${error.message}: mend the YAML`, error);
  }
  if (document.contents !== null && !isMap(document.contents)) {
    throw usage(`${path}:1: the file must hold keys with values, like name: worker-1`);
  }
  const result = v.safeParse(SCHEMA, plainOf(document, path, lineAt) ?? {});
  if (result.success) return { settings: result.output, lines: linesOf(document, lineAt) };
  const [issue] = result.issues;
  const keys: Path = (issue.path ?? []).map(({ key }) => key as string | number);
  const offset = offsetOf(document, keys);
  throw usage(`${path}:${lineAt(offset)}: ${faultText(issue, keys)}`);
}

/** Counted before it is parsed, which takes a time that grows with their square. */
function hasAtMostTokens(text: string, most: number): boolean {
  let tokens = 0;
  for (const _ of new Lexer().lex(text)) {
    tokens += 1;
    if (tokens > most) return false;
  }
  return true;
}

/** The document as plain values; an alias may lead nowhere, and many may stand for very much. */
function plainOf(
  document: Document.Parsed,
  path: string,
  lineAt: (offset: number) => number,
): unknown {
  let line: number | undefined;
  visit(document, {
    Alias(_, alias) {
      line ??= lineAt(alias.range?.[0] ?? 0);
      if (alias.resolve(document) !== undefined) return undefined;
      line = lineAt(alias.range?.[0] ?? 0);
      return visit.BREAK;
    },
  });
  try {
    return document.toJS();
  } catch (error) {
    const where = line === undefined ? path : `${path}:${line}`;
    const message = `${where}: its aliases cannot be resolved (${thrownText(error)}): write them out`;
    throw usage(message, error);
  }
}

function faultText(issue: v.BaseIssue<unknown>, path: Path): string {
  if (issue.expected === "never") {
    const key = path.at(-1);
    const known = SETTING_KEYS.join(", ");
    return `${key} is no setting of an agent: there are ${known}`;
  }
  return `${path.join(".")} ${issue.message} (it is ${issue.received})`;
}

/** Where the key of that path begins; where it has none, its value. */
function offsetOf(document: Document.Parsed, path: Path): number {
  if (path.length === 0) return 0;
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const key = path.at(-1);
  if (isMap(parent)) {
    const pair = parent.items.find((item) => isNode(item.key) && item.key.toJS(document) === key);
    if (isPair(pair) && isNode(pair.key)) return pair.key.range?.[0] ?? 0;
  }
  const value: unknown = document.getIn(path, true);
  return isNode(value) ? (value.range?.[0] ?? 0) : offsetOf(document, path.slice(0, -1));
}

function linesOf(
  document: Document.Parsed,
  lineAt: (offset: number) => number,
): ReadonlyMap<SettingKey, number> {
  const keys = SETTING_KEYS.filter((key) => document.has(key));
  return new Map(keys.map((key) => [key, lineAt(offsetOf(document, [key]))]));
}
