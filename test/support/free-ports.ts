// Ports for programs that have to be told one.

import { createServer } from "node:net";

/** Ports that are free now, and were so at the same time. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const listening = servers.map(
    (server) =>
      new Promise<number>((resolve) => {
        server.listen(0, "127.0.0.1", () => {
          const bound = server.address();
          resolve(typeof bound === "object" ? (bound?.port ?? 0) : 0);
        });
      }),
  );
  const ports = await Promise.all(listening);
  for (const server of servers) server.close();
  return ports;
}
