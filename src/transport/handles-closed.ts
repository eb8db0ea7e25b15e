// The end of closing: Node closes a socket or a server a little after it is told to.

import { nextTurn } from "./platform-timers.js";

/**
 * Resolves when the event loop has closed what was closed before. It does so at the end of a turn,
 * after that turn's immediates: the first of ours may run before, the second cannot. The third is
 * for the immediates by which grpc-js then lets go of its own.
 */
export async function handlesClosed(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await nextTurn();
}
