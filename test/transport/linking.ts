// What the tests of links share: a link that notes what it is told, and a listener that takes links.

import { expect } from "vitest";
import type {
  Link,
  LinkEnd,
  LinkListener,
  LinkRequest,
  LinkService,
  ListenOptions,
  Transport,
} from "../../src/transport/transport.js";
import { eventually } from "../support/eventually.js";
import { echo, listenWith, toTexts } from "./calling.js";

/** The method that the tests' listeners serve links at. */
export const LINK = "/test.Echo/Link";

/** One side of a link, and what it was told. */
export class TestLink implements LinkListener {
  readonly frames: Uint8Array[] = [];
  readonly ends: LinkEnd[] = [];
  /** How often it was told that less waits. */
  drains = 0;
  /** What to do with each frame. */
  react: (frame: Uint8Array) => void = () => {};
  #link: Link | undefined;

  constructor(link?: Link) {
    this.#link = link;
  }

  get link(): Link {
    return this.#link ?? expect.fail("there is no link yet");
  }

  get texts(): string[] {
    return toTexts(this.frames);
  }

  /** Opens a link. The time that it may take is not what ends a sound one. */
  static open(
    transport: Transport,
    request: Partial<LinkRequest> & Pick<LinkRequest, "address">,
  ): TestLink {
    const opened = new TestLink();
    opened.#open(transport, { method: LINK, timeoutMs: 600_000, ...request });
    return opened;
  }

  onDrained(): void {
    this.drains += 1;
  }

  onFrame(frame: Uint8Array): void {
    expect(this.#link).toBeDefined();
    expect(this.ends).toEqual([]);
    this.frames.push(frame);
    this.react(frame);
  }

  onEnd(end: LinkEnd): void {
    expect(this.#link).toBeDefined();
    this.ends.push(end);
  }

  send(...texts: readonly string[]): void {
    for (const text of texts) this.link.send(new Uint8Array(Buffer.from(text)));
  }

  /** The end of the link. */
  async ended(): Promise<LinkEnd> {
    await eventually(() => expect(this.ends).toHaveLength(1));
    return this.ends[0] ?? expect.fail("no end");
  }

  #open(transport: Transport, request: LinkRequest): void {
    this.#link = transport.openLink(request, this);
  }
}

/** A listener that takes links. */
export interface LinkHost {
  readonly address: string;
  /** In the order in which they came. */
  readonly links: readonly TestLink[];
  /** The link that came as the first. */
  first(): Promise<TestLink>;
}

/** Listens for links, and does with each what `onLink` says. */
export async function hostLinks(
  transport: Transport,
  onLink: (link: TestLink) => void = () => {},
  options: Partial<ListenOptions> = {},
): Promise<LinkHost> {
  const accepted: TestLink[] = [];
  const service: LinkService = {
    method: LINK,
    onLink(link) {
      const side = new TestLink(link);
      accepted.push(side);
      onLink(side);
      return side;
    },
  };
  const address = await listenWith(transport, echo, { links: service, ...options });
  return {
    address,
    links: accepted,
    first: () => eventually(() => accepted[0] ?? expect.fail("no link came")),
  };
}
