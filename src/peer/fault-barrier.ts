// Between the outside and the peer: a fault of ours in taking in what another sent ends that call or
// that link, and never the process.

import { thrownStack } from "../core/thrown.js";
import type {
  CallHandler,
  Link,
  LinkListener,
  LinkService,
  Transport,
} from "../transport/transport.js";
import type { Environment } from "./environment.js";
import type { Logger } from "./logger.js";

/** How long after a fault in what a timer called for it is tried again. */
const RETRY_MS = 1_000;

/** Calls into the peer for the network and the clock. */
export class FaultBarrier {
  readonly #logger: Logger;
  #faults = 0;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** How often something went wrong. */
  get faults(): number {
    return this.#faults;
  }

  /** The environment, with all that it calls back guarded. */
  environment(inner: Environment): Environment {
    return {
      ...inner,
      transport: this.#transport(inner.transport),
      setTimer: (onTimeout, delayMs) => {
        let cancel = (): void => {};
        const run = (): void => {
          if (!this.#attempt("what was due", onTimeout)) cancel = inner.setTimer(run, RETRY_MS);
        };
        cancel = inner.setTimer(run, delayMs);
        return () => cancel();
      },
      lookup: (name, onEnd) => {
        inner.lookup(name, (...found) =>
          this.#attempt(`the look-up of ${name}`, () => onEnd(...found)),
        );
      },
    };
  }

  /** The handler of calls; one that fails leaves its call without an answer, and so to its deadline. */
  handler(handler: CallHandler): CallHandler {
    return (call, respond) => this.#attempt(call.method, () => handler(call, respond));
  }

  onLink(onLink: LinkService["onLink"]): LinkService["onLink"] {
    return (link) => {
      let listener = DEAF;
      const take = (): void => {
        listener = this.#listener("a link to us", onLink(link), () => link);
      };
      if (!this.#attempt("a link to us", take)) link.close();
      return listener;
    };
  }

  #transport(inner: Transport): Transport {
    return {
      get connectionCount() {
        return inner.connectionCount;
      },
      listen: (options) => inner.listen(options),
      call: (request, onEnd) => {
        inner.call(request, (outcome) => {
          this.#attempt(`the answer of ${request.address}`, () => onEnd(outcome));
        });
      },
      openLink: (request, listener) => {
        let link: Link | undefined;
        const guarded = this.#listener(`the link to ${request.address}`, listener, () => link);
        link = inner.openLink(request, guarded);
        return link;
      },
      knock: (address, timeoutMs, onEnd) => {
        inner.knock(address, timeoutMs, (outcome) => {
          this.#attempt(`the knock at ${address}`, () => onEnd(outcome));
        });
      },
      close: () => inner.close(),
    };
  }

  /** A link whose frame cannot be taken in is closed, as one that the other side closed. */
  #listener(what: string, listener: LinkListener, link: () => Link | undefined): LinkListener {
    const onEnd: LinkListener["onEnd"] = (end) =>
      void this.#attempt(what, () => listener.onEnd(end));
    return {
      onFrame: (frame) => {
        try {
          listener.onFrame(frame);
        } catch (error) {
          this.#onFault(what, error);
          link()?.close();
          onEnd({ type: "closed" });
        }
      },
      onDrained: () => void this.#attempt(what, () => listener.onDrained()),
      onEnd,
    };
  }

  #attempt(what: string, take: () => void): boolean {
    try {
      take();
      return true;
    } catch (error) {
      this.#onFault(what, error);
      return false;
    }
  }

  #onFault(what: string, error: unknown): void {
    this.#faults += 1;
    const stack = thrownStack(error);
    this.#logger.error({ stack }, `a fault of ours, please report it: ${what} was not taken in`);
  }
}

/** Takes nothing. */
export const DEAF: LinkListener = { onFrame: () => {}, onDrained: () => {}, onEnd: () => {} };
