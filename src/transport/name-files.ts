// What the files of the system say about names: /etc/hosts, and the search list of /etc/resolv.conf.

import { readFileSync, statSync } from "node:fs";
import { isIP } from "node:net";

/** Larger than any such file that is meant to be looked things up in. */
const MAX_FILE_BYTES = 16 * 1_024 * 1_024;
/** As the C library has it where nothing else is said. */
const DEFAULT_MIN_DOTS = 1;
const MAX_SEARCH_DOMAINS = 32;

/** Where the files are. */
export interface NameFilePaths {
  readonly hosts: string;
  readonly resolvConf: string;
}

/** Those of the system; Windows has its own for names, and no search list in a file. */
const SYSTEM_NAME_FILES: NameFilePaths =
  process.platform === "win32"
    ? {
        hosts: `${process.env["SystemRoot"] ?? "C:\\Windows"}\\System32\\drivers\\etc\\hosts`,
        resolvConf: "",
      }
    : { hosts: "/etc/hosts", resolvConf: "/etc/resolv.conf" };

/** In which order the domains of the search list are tried. */
export interface SearchList {
  readonly domains: readonly string[];
  /** A name with fewer dots is tried with the domains first. */
  readonly minDots: number;
}

/**
 * Reads the files, each again only once it has changed. In place, since they are small and near, and a
 * thread of the pool, which the application may have taken, would have to be waited for.
 */
export class NameFiles {
  readonly #hosts: WatchedFile<ReadonlyMap<string, readonly string[]>>;
  readonly #resolvConf: WatchedFile<SearchList>;

  constructor(paths: NameFilePaths = SYSTEM_NAME_FILES) {
    this.#hosts = new WatchedFile(paths.hosts, readHosts);
    this.#resolvConf = new WatchedFile(paths.resolvConf, readSearchList);
  }

  /** The addresses that the hosts file has for a name, in its order. */
  addressesOf(name: string): readonly string[] {
    return this.#hosts.read().get(canonical(name)) ?? [];
  }

  /** The names to ask DNS for, in this order, where a user says `name`. */
  candidatesOf(name: string): readonly string[] {
    if (name.endsWith(".")) return [name];
    const { domains, minDots } = this.#resolvConf.read();
    const searched = domains.map((domain) => `${name}.${domain}`);
    const dots = name.split(".").length - 1;
    return dots >= minDots ? [name, ...searched] : [...searched, name];
  }
}

const NO_FILE = { ino: 0, size: 0, mtimeMs: 0, ctimeMs: 0 };

/** A file whose content is kept until it changes; one that cannot be read is as one that is empty. */
class WatchedFile<T> {
  readonly #path: string;
  readonly #parse: (text: string) => T;
  #version = "";
  #content: T;

  constructor(path: string, parse: (text: string) => T) {
    this.#path = path;
    this.#parse = parse;
    this.#content = parse("");
  }

  read(): T {
    try {
      const stats = statSync(this.#path, { throwIfNoEntry: false });
      const { ino, size, mtimeMs, ctimeMs } = stats ?? NO_FILE;
      const version = [ino, size, mtimeMs, ctimeMs].join();
      if (version === this.#version) return this.#content;
      // A pipe would hold up the whole process.
      const isRead = stats?.isFile() === true && size <= MAX_FILE_BYTES;
      this.#content = this.#parse(isRead ? readFileSync(this.#path, "utf8") : "");
      this.#version = version;
    } catch {
      // What was read before is better than nothing, as where no file descriptor is left.
    }
    return this.#content;
  }
}

function readHosts(text: string): ReadonlyMap<string, readonly string[]> {
  const addresses = new Map<string, string[]>();
  for (const line of linesOf(text)) {
    const [address = "", ...names] = line.split(/\s+/);
    if (isIP(address.split("%", 1)[0] ?? "") === 0) continue;
    for (const name of names) {
      const known = addresses.get(canonical(name)) ?? [];
      if (!known.includes(address)) known.push(address);
      addresses.set(canonical(name), known);
    }
  }
  return addresses;
}

function readSearchList(text: string): SearchList {
  let domains: string[] = [];
  let minDots = DEFAULT_MIN_DOTS;
  for (const line of linesOf(text)) {
    const [keyword, ...words] = line.split(/\s+/);
    // Of several, the last one counts.
    if (keyword === "search") domains = words;
    if (keyword === "domain") domains = words.slice(0, 1);
    if (keyword !== "options") continue;
    const dots = words.flatMap((word) => /^ndots:(\d{1,2})$/.exec(word)?.[1] ?? []).at(-1);
    if (dots !== undefined) minDots = Number(dots);
  }
  const named = domains.map((domain) => domain.replace(/\.$/, "")).filter((name) => name !== "");
  return { domains: named.slice(0, MAX_SEARCH_DOMAINS), minDots };
}

function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/).map((line) => line.replace(/[#;].*$/, "").trim());
  return lines.filter((line) => line !== "");
}

function canonical(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}
