// A host of the comparison that is written for Node: reads requests from standard input, one a line,
// and answers each on standard output once it is done.

import { createInterface } from "node:readline";
import type { HostAnswer, HostRequest } from "./messages.js";
import { Views } from "./views.js";

/** What a contender does; what its members notice it tells the views. */
export interface Members {
  start(member: number, address: { port: number; seedPort: number; seed: number }): Promise<void>;
  update(member: number): void;
  leave(member: number): Promise<void>;
}

/** Serves a contender until standard input ends. */
export function serveHost(make: (views: Views) => Members): void {
  const views = new Views();
  const members = make(views);
  const lines = createInterface({ input: process.stdin });
  lines.on("line", (line) => {
    // Written by the comparison itself: it is taken as it is.
    const request: HostRequest & { readonly id: number } = JSON.parse(line);
    serve(request, members, views).then(
      (said) => {
        const answer: HostAnswer = { id: request.id, ...said };
        process.stdout.write(`${JSON.stringify(answer)}\n`);
      },
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
  lines.on("close", () => process.exit());
}

async function serve(
  request: HostRequest,
  members: Members,
  views: Views,
): Promise<Omit<HostAnswer, "id">> {
  switch (request.type) {
    case "start": {
      const { first, count, port, seed } = request;
      const indices = Array.from({ length: count }, (_, index) => first + index);
      const start = (index: number): Promise<void> =>
        members.start(index, { port: port + index, seedPort: port + seed, seed });
      // A seed that is not there yet would be asked again later, by no one else's fault.
      if (indices.includes(seed)) await start(seed);
      await Promise.all(indices.filter((index) => index !== seed).map(start));
      return {};
    }
    case "update":
      members.update(request.member);
      return {};
    case "leave":
      await members.leave(request.member);
      return {};
    case "await-listed":
    case "await-updated":
    case "await-gone":
      await views.met(request);
      return {};
    case "gones":
      return { gones: views.gones() };
    default:
      return request satisfies never;
  }
}
