// What has to be undone when the comparison ends, also by Ctrl-C: processes and namespaces.

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const undoings = new Set<() => void>();

/** Does `undo` at the end of this process, whatever ends it, unless it was done before. */
export function atEnd(undo: () => void): () => void {
  if (undoings.size === 0) watch();
  undoings.add(undo);
  return () => {
    if (undoings.delete(undo)) undo();
  };
}

let isWatching = false;

function watch(): void {
  if (isWatching) return;
  isWatching = true;
  process.once("exit", undoAll);
  for (const signal of SIGNALS) {
    process.once(signal, () => {
      console.error(`\n${signal}: ending all processes`);
      process.exit(130);
    });
  }
}

/** In reverse: a namespace after the processes in it. */
function undoAll(): void {
  for (const undo of Array.from(undoings).reverse()) undo();
  undoings.clear();
}
