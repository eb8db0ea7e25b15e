// The folder of a development CA: where its files are, and how they are read and written.

import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { thrownText } from "../core/thrown.js";
import { replaceRegularFile } from "../peer/regular-file.js";
import { parseCount } from "./arguments.js";
import type { CertificateAndKey, Validity } from "./certificates.js";
import { CommandFailed } from "./command-failed.js";
import { readText } from "./file-text.js";

const DEFAULT_FOLDER = "certs";
const AUTHORITY = "ca";
const DAY_MS = 86_400_000;
/** For machines whose clocks are behind. */
const CLOCK_SLACK_MS = 300_000;

/** The flags of the commands that write certificates. */
export interface CertsFlags {
  readonly dir: string;
  readonly days: number;
  readonly json?: true;
}

/** A command that writes certificates, with the flags that all of them have. */
export function certsWriter(name: string, days: number): Command {
  return new Command(name)
    .option("--days <n>", `how many days it is valid (default: ${days})`, parseCount, days)
    .option("--dir <folder>", "the folder of the authority (default: certs)", DEFAULT_FOLDER)
    .option("--json", "print JSON");
}

/** What a file is named after. */
export function parseFileName(text: string): string {
  if (/^[A-Za-z0-9_][\w.-]{0,63}$/.test(text) && text !== AUTHORITY) return text;
  throw new InvalidArgumentError(
    `Write letters, digits, dots and dashes, up to 64, and not ${AUTHORITY}, which is the authority's.`,
  );
}

/** From now on, for so many days. */
export function validityOf(days: number): Validity {
  const now = Date.now();
  return {
    notBefore: new Date(now - CLOCK_SLACK_MS),
    notAfter: new Date(now + days * DAY_MS),
  };
}

/** The files of one certificate. */
export interface CertsFiles {
  readonly cert: string;
  readonly key: string;
}

/** One folder. */
export class CertsFolder {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  get authorityFiles(): CertsFiles {
    return this.filesOf(AUTHORITY);
  }

  filesOf(name: string): CertsFiles {
    return { cert: join(this.#path, `${name}.pem`), key: join(this.#path, `${name}-key.pem`) };
  }

  async readAuthority(): Promise<CertificateAndKey> {
    const files = this.authorityFiles;
    const advice = "make an authority with gossip certs init, or name its folder with --dir";
    return {
      cert: await readText(files.cert, advice),
      key: await readText(files.key, advice),
    };
  }

  /** Fails where one of the files is there: a key that is overwritten cannot be had back. */
  checkFree({ cert, key }: CertsFiles, advice: string): void {
    const taken = [cert, key].find((path) => existsSync(path));
    if (taken !== undefined) throw new CommandFailed(`${taken} is there already: ${advice}`);
  }

  /** The key first, readable by its owner alone. */
  async write(files: CertsFiles, made: CertificateAndKey): Promise<void> {
    try {
      mkdirSync(this.#path, { recursive: true, mode: 0o700 });
      await replaceRegularFile(files.key, made.key, 0o600);
      await replaceRegularFile(files.cert, made.cert, 0o644);
    } catch (cause) {
      const problem = thrownText(cause);
      const failure = new CommandFailed(`${files.cert} cannot be written (${problem})`, { cause });
      throw failure;
    }
  }
}
