// How names become addresses: by the hosts file and DNS, as the C library would, but without it. That
// takes one of the four threads that the whole process shares for as long as DNS does not answer, can not
// be called off, and holds up the process's end. Other sources that it may have (mDNS, NIS) are not asked.

import { Resolver } from "node:dns";
import { NameFiles } from "./name-files.js";
import { clearTimeout, queueMicrotask, setTimeout } from "./platform-timers.js";

/** How many look-ups are under way at once; further ones wait. */
const MAX_LOOKUPS = 64;
/** How long one may take, with all names of the search list. */
const LOOKUP_TIMEOUT_MS = 10_000;
/** How long a name server has for its first answer, and how often it is asked; the second takes longer. */
const QUERY = { timeout: 2_000, tries: 2 };
/** How much longer the addresses of one family are waited for when those of the other are there. */
const OTHER_FAMILY_WAIT_MS = 500;

/** What came of a look-up: the addresses, the best first, or why there are none. */
export type NameAnswer =
  | { readonly type: "found"; readonly addresses: readonly string[] }
  | { readonly type: "failed"; readonly error: Error };

/** Looks up the addresses that DNS has for a name, of one family; the returned function calls it off. */
interface NameQueries {
  query(
    name: string,
    family: 4 | 6,
    onEnd: (addresses: readonly string[], code: string | undefined) => void,
  ): void;
  cancel(): void;
}

/** From where a resolver has what it tells. */
export interface NameSources {
  readonly files: Pick<NameFiles, "addressesOf" | "candidatesOf">;
  newQueries(): NameQueries;
}

/** Looks names up for one peer, or one command. */
export class NameResolver {
  readonly #sources: NameSources;
  readonly #running = new Set<Lookup>();
  /** In the order in which they were asked for. */
  readonly #waiting = new Set<Lookup>();

  constructor(
    sources: NameSources = { files: new NameFiles(), newQueries: () => new DnsQueries() },
  ) {
    this.#sources = sources;
  }

  /**
   * Looks a name up. `onEnd` is called once, and never before this returns; the returned function calls it
   * off, and then it is not called.
   */
  lookup(name: string, onEnd: (answer: NameAnswer) => void): () => void {
    const lookup = new Lookup(name, this.#sources, (answer) => {
      this.#remove(lookup);
      onEnd(answer);
    });
    this.#waiting.add(lookup);
    this.#startNext();
    return () => {
      lookup.cancel();
      this.#remove(lookup);
    };
  }

  /** Calls off all that is under way. */
  close(): void {
    for (const lookup of [...this.#running, ...this.#waiting]) lookup.cancel();
    this.#running.clear();
    this.#waiting.clear();
  }

  #remove(lookup: Lookup): void {
    this.#running.delete(lookup);
    this.#waiting.delete(lookup);
    this.#startNext();
  }

  #startNext(): void {
    for (const lookup of this.#waiting) {
      // What the files answer waits for nobody.
      if (this.#running.size >= MAX_LOOKUPS && !lookup.isLocal) continue;
      this.#waiting.delete(lookup);
      this.#running.add(lookup);
      lookup.start();
    }
  }
}

/** One look-up. */
class Lookup {
  readonly #name: string;
  readonly #sources: NameSources;
  readonly #onEnd: (answer: NameAnswer) => void;
  readonly #local: readonly string[];
  #queries: NameQueries | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isEnded = false;

  constructor(name: string, sources: NameSources, onEnd: (answer: NameAnswer) => void) {
    this.#name = name;
    this.#sources = sources;
    this.#onEnd = onEnd;
    this.#local = localAddresses(name, sources.files.addressesOf(name));
  }

  /** Whether DNS need not be asked. */
  get isLocal(): boolean {
    return this.#local.length > 0;
  }

  start(): void {
    if (this.isLocal) {
      queueMicrotask(() => this.#end({ type: "found", addresses: this.#local }));
      return;
    }
    this.#queries = this.#sources.newQueries();
    this.#timer = setTimeout(() => this.#fail("ETIMEOUT"), LOOKUP_TIMEOUT_MS);
    this.#ask(this.#sources.files.candidatesOf(this.#name), "ENOTFOUND");
  }

  cancel(): void {
    this.#isEnded = true;
    clearTimeout(this.#timer);
    this.#queries?.cancel();
  }

  /** Asks for one name after the other until one has an address; `code` is why those before have none. */
  #ask([candidate, ...rest]: readonly string[], code: string): void {
    if (this.#isEnded) return;
    if (candidate === undefined) return this.#fail(code);
    this.#askBoth(candidate, (addresses, failure) => {
      if (addresses.length > 0) return this.#end({ type: "found", addresses: inOrder(addresses) });
      // A name that is not there says less than a server that did not answer.
      this.#ask(rest, failure === "ENOTFOUND" || failure === "ENODATA" ? code : failure);
    });
  }

  #askBoth(name: string, onEnd: (addresses: readonly string[], code: string) => void): void {
    const found: string[] = [];
    let code = "ENOTFOUND";
    let pending = 2;
    let wait: NodeJS.Timeout | undefined;
    const end = (): void => {
      if (pending < 0) return;
      pending = -1;
      clearTimeout(wait);
      onEnd(found, code);
    };
    for (const family of [4, 6] as const) {
      this.#queries?.query(name, family, (addresses, failure) => {
        if (this.#isEnded || pending < 0) return;
        pending -= 1;
        found.push(...addresses);
        if (failure !== undefined && failure !== "ENODATA") code = failure;
        if (pending === 0) end();
        else if (found.length > 0) wait = setTimeout(end, OTHER_FAMILY_WAIT_MS);
      });
    }
  }

  #fail(code: string): void {
    const error = Object.assign(new Error(REASONS[code] ?? code), { code });
    this.#end({ type: "failed", error });
  }

  #end(answer: NameAnswer): void {
    if (this.#isEnded) return;
    this.cancel();
    this.#onEnd(answer);
  }
}

/** What the codes of c-ares come down to. */
const REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: "neither DNS nor the hosts file has the name (ENOTFOUND)",
  ETIMEOUT: "no name server answered in time (ETIMEOUT)",
  ECONNREFUSED: "no name server can be reached (ECONNREFUSED)",
  ESERVFAIL: "the name server cannot answer (ESERVFAIL)",
};

/** Real DNS, by the name servers that the system names at that time, or by those that are given. */
export class DnsQueries implements NameQueries {
  readonly #resolver = new Resolver(QUERY);

  constructor(servers?: readonly string[]) {
    if (servers !== undefined) this.#resolver.setServers(servers);
  }

  query(
    name: string,
    family: 4 | 6,
    onEnd: (addresses: readonly string[], code: string | undefined) => void,
  ): void {
    const onAnswer = (error: NodeJS.ErrnoException | null, addresses?: string[]): void => {
      onEnd(addresses ?? [], error === null ? undefined : (error.code ?? error.message));
    };
    if (family === 4) this.#resolver.resolve4(name, onAnswer);
    else this.#resolver.resolve6(name, onAnswer);
  }

  cancel(): void {
    this.#resolver.cancel();
  }
}

/** The hosts file first; `localhost`, and what is under it, is this machine without it too (RFC 6761). */
function localAddresses(name: string, listed: readonly string[]): readonly string[] {
  if (listed.length > 0) return inOrder(listed);
  return /(^|\.)localhost\.?$/i.test(name) ? ["127.0.0.1", "::1"] : [];
}

/**
 * The families in turn, so that one which leads nowhere costs one attempt. IPv4 first: a network that has
 * but half of IPv6 is far more common than the reverse.
 */
function inOrder(addresses: readonly string[]): readonly string[] {
  const v4 = addresses.filter((ip) => !ip.includes(":"));
  const v6 = addresses.filter((ip) => ip.includes(":"));
  const length = Math.max(v4.length, v6.length);
  const both = Array.from({ length }, (_, index) => [v4[index], v6[index]]).flat();
  return [...new Set(both)].filter((ip) => ip !== undefined);
}
