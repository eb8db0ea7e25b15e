// The files that a command is told to read, as text: never a pipe or a device, and never without a bound.

import { thrownText } from "../core/thrown.js";
import { readRegularFile } from "../peer/regular-file.js";
import { CommandFailed } from "./command-failed.js";

/** A file of settings, a certificate, a key or a token is far smaller. */
const MAX_TEXT_BYTES = 1_048_576;

/** What is wrong with a file, in words that go on from its name; or its text. */
export type FileText =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "fault"; readonly fault: string; readonly cause?: unknown };

/** Reads a file that a user named, of which a link may be the name. */
export async function fileText(path: string): Promise<FileText> {
  try {
    const rule = { maxBytes: MAX_TEXT_BYTES, followsLinks: true };
    const reading = await readRegularFile(path, rule);
    if (reading.type === "unfit") return { type: "fault", fault: reading.fault };
    return { type: "text", text: reading.bytes.toString("utf8") };
  } catch (cause) {
    return { type: "fault", fault: `cannot be read (${thrownText(cause)})`, cause };
  }
}

/** The text of a file; fails with its fault and that advice. */
export async function readText(path: string, advice: string): Promise<string> {
  const reading = await fileText(path);
  if (reading.type === "text") return reading.text;
  const { fault, cause } = reading;
  throw new CommandFailed(`${path} ${fault}: ${advice}`, { cause });
}
