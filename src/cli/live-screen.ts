// A part of the terminal that is drawn again and again, and the key that ends it. The terminal is
// restored whatever ends the process.

import { createLogUpdate } from "log-update";
import type { Size } from "./top-frame.js";

/** The keys that end it: q, and Ctrl-C, which comes as a key while keys are read one by one. */
const QUIT_KEYS: ReadonlySet<string> = new Set(["q", "Q", "\u0003"]);

/** A live part of the terminal. */
export interface LiveScreen {
  readonly size: Size;
  draw(text: string): void;
  /** Aborted when the user has had enough. */
  readonly quit: AbortSignal;
  /** Leaves what was drawn last, and the terminal as it was. */
  close(): void;
}

/** Takes the terminal; there has to be one. */
export function openScreen(): LiveScreen {
  const { stdin, stdout } = process;
  const quitter = new AbortController();
  const draw = createLogUpdate(stdout);
  const quit = (): void => quitter.abort();
  const onKey = (key: Buffer): void => {
    if (QUIT_KEYS.has(key.toString())) quit();
  };
  const readsKeys = stdin.isTTY;
  if (readsKeys) stdin.setRawMode(true).on("data", onKey);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, quit);
  return {
    get size() {
      return { columns: stdout.columns, rows: stdout.rows };
    },
    draw,
    quit: quitter.signal,
    close() {
      draw.done();
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, quit);
      if (!readsKeys) return;
      stdin.off("data", onKey).setRawMode(false);
      stdin.pause();
    },
  };
}
