// A progress bar on a terminal; nothing where standard error is not one.

import { Presets, SingleBar } from "cli-progress";

/** How far long work is. */
export interface Progress {
  update(done: number, total: number): void;
  /** Prints to standard output without spoiling the bar. */
  print(text: string): void;
  stop(): void;
}

/** Begins to show progress under that label. */
export function startProgress(label: string): Progress {
  if (!process.stderr.isTTY) {
    return { update: () => {}, print: (text) => console.log(text), stop: () => {} };
  }
  const format = `${label} {bar} {value}/{total}, {duration_formatted}`;
  const bar = new SingleBar(
    { format, stream: process.stderr, clearOnComplete: true, hideCursor: true },
    Presets.shades_grey,
  );
  bar.start(1, 0);
  return {
    update(done, total) {
      bar.setTotal(total);
      bar.update(done);
    },
    print(text) {
      process.stderr.clearLine(0);
      process.stderr.cursorTo(0);
      console.log(text);
    },
    stop: () => bar.stop(),
  };
}
