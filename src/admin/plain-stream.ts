// A stream of answers over plain HTTP: a line of JSON for each, or a server-sent event.

import { once } from "node:events";
import type { JsonObject } from "@bufbuild/protobuf";
import { nextTurn } from "../transport/platform-timers.js";
import type { AdminResponse } from "./http-messages.js";

/** How a stream is written. */
export interface StreamFormat {
  readonly contentType: string;
  write(message: JsonObject): string;
}

const LINES: StreamFormat = {
  contentType: "application/x-ndjson",
  write: (message) => `${JSON.stringify(message)}\n`,
};

const EVENTS: StreamFormat = {
  contentType: "text/event-stream",
  // The cursor is its id, so that a browser that lost the connection resumes by itself.
  write: ({ cursor, ...message }) => {
    const id = typeof cursor === "string" && cursor !== "" ? `id: ${cursor}\n` : "";
    return `${id}data: ${JSON.stringify(message)}\n\n`;
  },
};

/** What the client asked for with its header `Accept`; lines of JSON unless it says otherwise. */
export function streamFormat(accept: string): StreamFormat {
  return accept.includes("text/event-stream") ? EVENTS : LINES;
}

/** Writes answers no faster than they are read, until the stream ends or the client is gone. */
export async function sendStream<T>(
  response: AdminResponse,
  signal: AbortSignal,
  format: StreamFormat,
  stream: AsyncIterable<T>,
  toObject: (message: T) => JsonObject,
): Promise<void> {
  const messages = stream[Symbol.asyncIterator]();
  try {
    const first = messages.next();
    // What fails at once can still be told by a status. What waits for something to happen is begun,
    // so that the client knows that it is being served.
    await Promise.race([first, nextTurn()]);
    response.writeHead(200, { "Content-Type": format.contentType, "Cache-Control": "no-store" });
    // HTTP/2 sends them at once.
    if ("flushHeaders" in response) response.flushHeaders();
    for (let next = await first; next.done !== true; next = await messages.next()) {
      if (signal.aborted) break;
      const isTaken = response.write(format.write(toObject(next.value)), "utf8");
      if (!isTaken) await once(response, "drain", { signal });
    }
  } finally {
    void messages.return?.();
  }
  response.end();
}
