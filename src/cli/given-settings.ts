// Where an agent's settings come from: flags before variables before the config file before
// defaults, and which of them each came from.

import { type Command, InvalidArgumentError, Option } from "commander";
import { GossipError } from "../core/errors.js";
import { resolveOptions } from "../peer/options.js";
import {
  DEFAULT_SETTINGS,
  type FullSettings,
  peerOptionsOf,
  SETTING_KEYS,
  SETTING_OF_OPTION,
  type SettingKey,
  settingOf,
  variableOf,
} from "./agent-settings.js";
import { collect } from "./arguments.js";
import { type ConfigFile, readConfigFile } from "./config-file.js";
import { HEALTH_KEY, REASON_KEY } from "./service-health.js";
import { usage } from "./usage.js";

/** Settings, and where each that was given came from, for people. */
export interface GivenSettings {
  readonly settings: FullSettings;
  readonly origins: ReadonlyMap<SettingKey, string>;
}

/** Variables by name. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** Texts of flags by the key of their setting. */
export type FlagTexts = ReadonlyMap<SettingKey, readonly string[]>;

const EMPTY_FILE: ConfigFile = { settings: {}, lines: new Map() };

/** Adds the flags of all settings to the command. */
export function addSettingFlags(command: Command): Command {
  for (const key of SETTING_KEYS) command.addOption(flagOf(key));
  return command;
}

function flagOf(key: SettingKey): Option {
  const { flag, description, isRepeatable, choices } = settingOf(key);
  const notes = [
    isRepeatable ? "can be repeated" : "",
    defaultText(key),
    `env: ${variableOf(key)}`,
  ];
  const note = notes.filter((part) => part !== "").join("; ");
  const option = new Option(flag, `${description} (${note})`);
  // Kept as text here, and parsed like a variable's: commander would have each parsed apart.
  if (flag.includes("<")) option.argParser((text, texts: string[] = []) => collect(text, texts));
  if (choices !== undefined) option.argChoices = [...choices];
  return option;
}

function defaultText(key: SettingKey): string {
  if (key === "logFormat") return "default: pretty on a terminal, else json";
  const value = Object.entries(DEFAULT_SETTINGS).find(([name]) => name === key)?.[1];
  const text = value === undefined ? "" : settingOf(key).show(value);
  return text === "" || text === "false" ? "" : `default: ${text}`;
}

/** The texts of the flags that were given. */
export function flagTextsOf(command: Command): FlagTexts {
  const texts = new Map<SettingKey, readonly string[]>();
  for (const key of SETTING_KEYS) {
    const value: unknown = command.getOptionValue(flagOf(key).attributeName());
    if (Array.isArray(value)) texts.set(key, value.map(String));
    else if (value === true) texts.set(key, ["true"]);
  }
  return texts;
}

/** All settings, checked; rejects with an error of usage that says where the fault is. */
export async function gatherSettings(
  flags: FlagTexts,
  variables: Variables,
  configPath: string | undefined,
): Promise<GivenSettings> {
  const file = configPath === undefined ? EMPTY_FILE : await readConfigFile(configPath);
  const origins = new Map<SettingKey, string>();
  const given: Partial<Record<SettingKey, unknown>> = { ...DEFAULT_SETTINGS, ...file.settings };
  for (const [key, line] of file.lines) origins.set(key, `${configPath}:${line}`);
  for (const key of SETTING_KEYS) {
    const variable = variableOf(key);
    const text = variables[variable];
    const texts = flags.get(key);
    const [flag = ""] = settingOf(key).flag.split(" ");
    if (texts !== undefined) {
      given[key] = parse(key, texts, flag);
      origins.set(key, flag);
    } else if (text !== undefined && text !== "") {
      given[key] = parse(key, settingOf(key).split(text), variable);
      origins.set(key, variable);
    }
  }
  // Each value came through the schema or the parser of its key.
  const settings = given as FullSettings;
  checkTogether(settings, origins);
  return { settings, origins };
}

function parse(key: SettingKey, texts: readonly string[], origin: string): unknown {
  try {
    return settingOf(key).parse(texts);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    const fault = error.message.replace(/^It /, "").replace(/\.$/, "");
    const problem = usage(`${origin} ${fault} (it is ${JSON.stringify(texts.join(" "))})`, error);
    throw problem;
  }
}

/** What only shows when all settings are known. */
function checkTogether(settings: FullSettings, origins: ReadonlyMap<SettingKey, string>): void {
  const { checkCommand, checkHttp, metadata } = settings;
  if (checkCommand !== undefined && checkHttp !== undefined) {
    throw usage(
      `${origins.get("checkCommand")} and ${origins.get("checkHttp")} cannot both be given: choose one check`,
    );
  }
  const hasCheck = checkCommand !== undefined || checkHttp !== undefined;
  const taken = [HEALTH_KEY, REASON_KEY].find((key) => key in metadata);
  if (hasCheck && taken !== undefined) {
    throw usage(
      `${origins.get("metadata")} sets ${taken}, which the check of the service writes: leave it out`,
    );
  }
  const files = [settings.tlsCa, settings.tlsCert, settings.tlsKey];
  if (files.includes(undefined) && files.some((file) => file !== undefined)) {
    throw usage("tlsCa, tlsCert and tlsKey go together: give all three, or none");
  }
  try {
    resolveOptions(peerOptionsOf(settings));
  } catch (error) {
    throw error instanceof GossipError ? located(error, origins) : error;
  }
}

/** The error of an option of the peer, in the words of the agent. */
function located(error: GossipError, origins: ReadonlyMap<SettingKey, string>): GossipError {
  const [option = ""] = /^info\.(name|metadata)|^\w+/.exec(error.message) ?? [];
  const key = SETTING_OF_OPTION[option];
  if (key === undefined) return error;
  const origin = origins.get(key);
  const where = origin === undefined ? "" : `${origin}: `;
  const rest = error.message.slice(option.length);
  return new GossipError(error.code, `${where}${key}${rest}`, { cause: error });
}
