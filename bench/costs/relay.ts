// A TCP relay that counts the bytes that pass, each way.

import { connect, createServer, type Server } from "node:net";

/** Bytes that passed. */
export interface RelayedBytes {
  readonly forward: number;
  readonly backward: number;
}

/** Stands between a caller and the port that it means to call. */
export class CountingRelay {
  readonly #server: Server;
  #forward = 0;
  #backward = 0;

  private constructor(targetPort: number) {
    this.#server = createServer((socket) => {
      const onward = connect(targetPort, "127.0.0.1");
      socket.on("data", (bytes: Buffer) => {
        this.#forward += bytes.length;
      });
      onward.on("data", (bytes: Buffer) => {
        this.#backward += bytes.length;
      });
      socket.pipe(onward).pipe(socket);
      socket.on("error", () => onward.destroy());
      onward.on("error", () => socket.destroy());
    });
  }

  /** Opens a relay to a port; gives it, and the address that it listens at. */
  static async open(targetPort: number): Promise<{ relay: CountingRelay; address: string }> {
    const relay = new CountingRelay(targetPort);
    await new Promise<void>((resolve) => relay.#server.listen(0, "127.0.0.1", resolve));
    const bound = relay.#server.address();
    if (typeof bound !== "object" || bound === null) throw new Error("the relay has no port");
    return { relay, address: `127.0.0.1:${bound.port}` };
  }

  get bytes(): RelayedBytes {
    return { forward: this.#forward, backward: this.#backward };
  }

  close(): void {
    this.#server.close();
  }
}
