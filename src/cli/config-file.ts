// The config file of an agent: YAML, of which JSON is a part. Every fault is told with its line and
// key.

import { readFileSync, statSync } from "node:fs";
import * as v from "valibot";
import { type Document, isMap, isNode, isPair, LineCounter, parseDocument } from "yaml";
import { thrownText } from "../core/thrown.js";
import { type AgentSettings, SETTING_KEYS, type SettingKey, settingOf } from "./agent-settings.js";
import { usage } from "./usage.js";

/** A file of settings is some lines; one that is larger is another file. */
const MAX_CONFIG_BYTES = 1_048_576;

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

/** Reads and checks the file; throws an error of usage that names it, the line and the key. */
export function readConfigFile(path: string): ConfigFile {
  const text = readText(path);
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
  const result = v.safeParse(SCHEMA, document.toJS() ?? {});
  if (result.success) return { settings: result.output, lines: linesOf(document, lineAt) };
  const [issue] = result.issues;
  const keys: Path = (issue.path ?? []).map(({ key }) => key as string | number);
  const offset = offsetOf(document, keys);
  throw usage(`${path}:${lineAt(offset)}: ${faultText(issue, keys)}`);
}

function faultText(issue: v.BaseIssue<unknown>, path: Path): string {
  if (issue.expected === "never") {
    const key = path.at(-1);
    const known = SETTING_KEYS.join(", ");
    return `${key} is no setting of an agent: there are ${known}`;
  }
  return `${path.join(".")} ${issue.message} (it is ${issue.received})`;
}

function readText(path: string): string {
  try {
    const { size } = statSync(path);
    if (size <= MAX_CONFIG_BYTES) return readFileSync(path, "utf8");
  } catch (cause) {
    const problem = thrownText(cause);
    const error = usage(
      `the config file ${path} cannot be read (${problem}): name one that can with --config`,
      cause,
    );
    throw error;
  }
  throw usage(`the config file ${path} is larger than 1 MiB: name the right one with --config`);
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
