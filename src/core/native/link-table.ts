// The links of a peer: those that it opened and those that others did, by whom they lead to. Between
// two peers one link is enough; where there are two, that of the smaller id is used.

/** A link, as the core knows it. */
export interface LinkState {
  readonly id: number;
  readonly isOutbound: boolean;
  /** Who is at the other end: whom we dialled, or who said so in its hello. */
  address: string | undefined;
  /** The other side has said hello. */
  isReady: boolean;
  /** When the process at the other end was started, as its hello says; 0 before that. */
  generation: number;
  readonly openedAtMs: number;
  /** When it was last used for something that it was opened for. */
  usedAtMs: number;
  /** When something last came over it. */
  heardAtMs: number;
  /** Probes in a row that were not answered on it, with nothing heard since they were sent. */
  missed: number;
  /** When we were last asked for our links on it, and told them. */
  linksToldAtMs: number;
  /** When we last asked the other side for its links on it. */
  linksAskedAtMs: number;
  /** The time of day at the other side, less ours of the core, as its hello told; undefined: not told. */
  clockOffsetMs: number | undefined;
}

/** From so many on a link hangs: TCP waits ever longer, or the other end is no longer there. */
const HUNG_PROBES = 2;

/** True when a fresh link is better than to wait for this one. */
export function isHung({ missed }: LinkState): boolean {
  return missed >= HUNG_PROBES;
}

/** All links, those still being opened included. */
export class LinkTable {
  readonly #own: string;
  readonly #limit: number;
  readonly #links = new Map<number, LinkState>();
  readonly #byAddress = new Map<string, LinkState[]>();
  #lastId = 0;

  constructor(own: string, limit = Number.POSITIVE_INFINITY) {
    this.#own = own;
    this.#limit = limit;
  }

  /** True when there are as many links as there may be. */
  get isFull(): boolean {
    return this.#links.size >= this.#limit;
  }

  get size(): number {
    return this.#links.size;
  }

  get(id: number): LinkState | undefined {
    return this.#links.get(id);
  }

  values(): IterableIterator<LinkState> {
    return this.#links.values();
  }

  /** Adds a link that we open. */
  addOutbound(address: string, now: number): LinkState {
    this.#lastId += 1;
    return this.#add(this.#lastId, true, address, now);
  }

  /** Adds a link that another opened, under an id below zero. */
  addInbound(id: number, now: number): LinkState {
    return this.#add(id, false, undefined, now);
  }

  /** The other side has said who it is, and since when it runs. */
  setReady(link: LinkState, address: string, generation: number): void {
    if (link.address !== address) {
      this.#unindex(link);
      link.address = address;
      this.#index(link, address);
    }
    link.isReady = true;
    link.generation = generation;
  }

  /** Ready links to processes that ran at an address before the one of that generation. */
  readyBefore(address: string, generation: number): LinkState[] {
    const links = this.#byAddress.get(address) ?? [];
    return links.filter((link) => link.isReady && link.generation < generation);
  }

  delete(id: number): LinkState | undefined {
    const link = this.#links.get(id);
    if (link === undefined) return undefined;
    this.#links.delete(id);
    this.#unindex(link);
    return link;
  }

  /** The link to use towards that member, ready or on its way to be; undefined when there is none. */
  to(address: string): LinkState | undefined {
    const links = this.#byAddress.get(address);
    if (links === undefined) return undefined;
    let best: LinkState | undefined;
    for (const link of links) if (best === undefined || this.#isBetter(link, best)) best = link;
    return best;
  }

  /** True while a link to that member is being opened. */
  isOpening(address: string): boolean {
    return this.#byAddress.get(address)?.some((link) => link.isOutbound && !link.isReady) ?? false;
  }

  /** The ready link to that member, where it does not hang. */
  readyTo(address: string): LinkState | undefined {
    const link = this.to(address);
    return link?.isReady === true && !isHung(link) ? link : undefined;
  }

  /** Everyone to whom there is a ready link. */
  readyAddresses(): string[] {
    const addresses = new Set<string>();
    for (const { address, isReady } of this.#links.values()) {
      if (isReady && address !== undefined) addresses.add(address);
    }
    return [...addresses];
  }

  /** True when a link to any other than that member is ready. */
  hasReadyBeside(address: string): boolean {
    for (const link of this.#links.values()) {
      if (link.isReady && link.address !== address) return true;
    }
    return false;
  }

  /** True when another link to the same member makes this one superfluous. */
  isSuperfluous(link: LinkState): boolean {
    if (link.address === undefined || !link.isReady) return false;
    const best = this.to(link.address);
    return best !== undefined && best !== link && best.isReady && !isHung(best);
  }

  #isBetter(link: LinkState, than: LinkState): boolean {
    if (isHung(link) !== isHung(than)) return !isHung(link);
    if (link.isReady !== than.isReady) return link.isReady;
    // One that brought no answer may have been forgotten by something on the way.
    if (link.missed > 0 !== than.missed > 0) return link.missed === 0;
    const isPreferred = this.#isBySmallerId(link);
    if (isPreferred !== this.#isBySmallerId(than)) return isPreferred;
    return link.openedAtMs > than.openedAtMs;
  }

  #isBySmallerId(link: LinkState): boolean {
    return link.isOutbound === this.#own < (link.address ?? "");
  }

  #add(id: number, isOutbound: boolean, address: string | undefined, now: number): LinkState {
    const link: LinkState = {
      id,
      isOutbound,
      address,
      isReady: false,
      generation: 0,
      openedAtMs: now,
      usedAtMs: now,
      heardAtMs: now,
      missed: 0,
      linksToldAtMs: Number.NEGATIVE_INFINITY,
      linksAskedAtMs: Number.NEGATIVE_INFINITY,
      clockOffsetMs: undefined,
    };
    this.#links.set(id, link);
    if (address !== undefined) this.#index(link, address);
    return link;
  }

  #index(link: LinkState, address: string): void {
    const links = this.#byAddress.get(address);
    if (links === undefined) this.#byAddress.set(address, [link]);
    else links.push(link);
  }

  #unindex(link: LinkState): void {
    if (link.address === undefined) return;
    const links = this.#byAddress.get(link.address)?.filter((other) => other !== link);
    if (links === undefined || links.length === 0) this.#byAddress.delete(link.address);
    else this.#byAddress.set(link.address, links);
  }
}
