// The native protocol as a pure state machine: links, rumors, exchanges and failure detection put
// together. Like the core of the seed dialect it is told what happened and what time it is, and says
// what to do. docs/ALGORITHM.md tells the rules.

import { Acquaintances } from "../acquaintances.js";
import { parseAddress } from "../address.js";
import { DialQueue } from "../dial-queue.js";
import type { Fingerprint } from "../fingerprint.js";
import { FormerMembers } from "../former-members.js";
import type { HistogramFigures } from "../histogram.js";
import type { Limits } from "../limits.js";
import type { Member, MemberDetail, MemberEvent } from "../member.js";
import { type Random, randomIndex } from "../random.js";
import type { PeerInfo } from "../record.js";
import { RejectionCounter } from "../rejection.js";
import { SeedList } from "../seed-list.js";
import type { KeptMember } from "../snapshot.js";
import type { Timing } from "../timing.js";
import { Announcer } from "./announcer.js";
import { Calendar } from "./calendar.js";
import { Contacts } from "./contacts.js";
import { Departure } from "./departure.js";
import { Detector } from "./detector.js";
import { Exchanges } from "./exchanges.js";
import type { Frame, Hello, ProbeAnswer } from "./frames.js";
import { helloFault, PROTOCOL_VERSION } from "./hello.js";
import { History, type HistoryStep, type TimedStep } from "./history.js";
import { keptOf } from "./kept-members.js";
import { careFor } from "./link-care.js";
import { type LinkDetail, linkDetails } from "./link-details.js";
import { LinkInquiries } from "./link-inquiries.js";
import { type LinkOutcome, type LinkPurpose, LinkPurposes } from "./link-purposes.js";
import { isHung, type LinkState, LinkTable } from "./link-table.js";
import { LocalHealth } from "./local-health.js";
import type { NativeBase } from "./member-base.js";
import type { MemberRecord } from "./member-record.js";
import { isMember, MemberViews } from "./member-views.js";
import { type NativeCounters, newNativeCounters } from "./native-counters.js";
import type {
  LinkEndType,
  LinkInquiryEnded,
  NativeEffect,
  NativeInput,
} from "./native-messages.js";
import {
  FAR_EXCHANGE_PERIODS,
  FIRST_CATCH_UP_PERIODS,
  type NativeTiming,
  nativeTiming,
  RECONNECTING,
  STALL_MS,
} from "./native-timing.js";
import { News } from "./news.js";
import { Overlay } from "./overlay.js";
import { firstRecord, MAX_COUNTER, wholeRecord, writeInfo } from "./own-member.js";
import { type ExchangeOutcomes, Prober } from "./prober.js";
import { Probing } from "./probing.js";
import { RequestRates } from "./request-rates.js";
import { Roster, type RosterChange } from "./roster.js";
import type { RosterEntry } from "./roster-entry.js";
import { RumorQueue } from "./rumor-queue.js";
import { SeedDials } from "./seed-dials.js";
import type { CodedSymbol } from "./sketch.js";
import { type Saying, Standing } from "./standing.js";

/** Told of each change of what is held, and of each step in the history of a member. */
export interface NativeObserver {
  onRosterChange?(change: RosterChange): void;
  onHistoryStep?(address: string, step: HistoryStep): void;
}

/** What a native core is made from. */
export interface NativeCoreOptions {
  /** Our advertised address. */
  readonly address: string;
  readonly cluster: string;
  readonly info: PeerInfo;
  /** When this boot began, in milliseconds since 2024. */
  readonly generation: number;
  /** The version that our record begins at; see `startVersion`. */
  readonly version: number;
  readonly limits: Limits;
  readonly timing: Timing;
  readonly probeTimeoutMs: number;
  readonly random: Random;
  /** Members to begin with, shared with other cores; a simulated cluster can start joined. */
  readonly base?: NativeBase | undefined;
  /** Members of an earlier boot, to look for. */
  readonly formerMembers?: readonly KeptMember[] | undefined;
  /** Some of the members that speak the seed dialect only. */
  readonly originals?: (() => readonly string[]) | undefined;
  /** Told of what happens, at once; the simulator's checkers listen. */
  readonly observer?: NativeObserver | undefined;
}

/** One peer's knowledge of its cluster, and what it does next. */
export class NativeCore {
  readonly counters: NativeCounters = newNativeCounters();
  readonly #address: string;
  readonly #cluster: string;
  readonly #limits: Limits;
  readonly #timing: NativeTiming;
  readonly #random: Random;
  readonly #calendar: Calendar;
  readonly #originals: () => readonly string[];
  readonly #observer: NativeObserver | undefined;
  readonly #rejections = new RejectionCounter();
  readonly #announcer = new Announcer((event) => this.#event(event));
  readonly #history = new History((address, step) => {
    this.#observer?.onHistoryStep?.(address, step);
    this.#announcer.onStep(address, step, this.#roster);
  });
  readonly #acquaintances: Acquaintances;
  readonly #health = new LocalHealth();
  readonly #prober = new Prober();
  readonly #probing: Probing;
  readonly #links: LinkTable;
  readonly #purposes: LinkPurposes;
  readonly #roster: Roster;
  readonly #views: MemberViews;
  readonly #rumors: RumorQueue;
  readonly #exchanges: Exchanges;
  readonly #detector: Detector;
  readonly #standing: Standing;
  readonly #news: News;
  readonly #seeds: SeedDials;
  readonly #dials: DialQueue;
  readonly #former: FormerMembers;
  readonly #overlay: Overlay;
  readonly #contacts: Contacts;
  readonly #inquiries: LinkInquiries;
  readonly #requestRates: RequestRates;
  /** Reasons of the verdicts that are being taken in. */
  #verdictReason = "";
  #effects: NativeEffect[] = [];
  #now: number;
  #pingAtMs: number;
  /** When a newcomer exchanges once more beside its periods, and after how long it does again. */
  #catchUp: { atMs: number; waitMs: number };
  /** When something last came from anyone. */
  #heardAtMs: number;
  #periods: number;
  #reconnectAtMs: number;
  #dueAtMs = Number.POSITIVE_INFINITY;
  /** Up to when stalls have been taken into account. */
  #stalledUntilMs = Number.NEGATIVE_INFINITY;
  readonly #departure = new Departure((end) => {
    // What was heard meanwhile, as of others that leave too, is for us to pass on.
    this.#news.flush(this.#now);
    this.#effects.push({ type: "leave-ended", ...end });
  });

  constructor(options: NativeCoreOptions, now: number) {
    const { address, limits, random } = options;
    this.#address = address;
    this.#cluster = options.cluster;
    this.#limits = limits;
    this.#random = random;
    this.#timing = nativeTiming(options.timing, options.probeTimeoutMs);
    this.#calendar = new Calendar(options.generation, options.timing.goneRetentionMs, now);
    this.#observer = options.observer;
    this.#originals = options.originals ?? (() => []);
    this.#now = now;
    this.#heardAtMs = now;
    this.#acquaintances = new Acquaintances(now);
    this.#links = new LinkTable(address, limits.maxLinks);
    this.#requestRates = new RequestRates(limits.maxRequestsPerSecond);
    this.#rumors = new RumorQueue(limits.maxMembers);
    this.#seeds = new SeedDials(this.#seedsContext(new SeedList(limits, options.timing, random)));
    this.#dials = new DialQueue(limits, random, now);
    this.#former = new FormerMembers(options.formerMembers ?? [], limits, now);
    this.#purposes = new LinkPurposes(this.#purposesContext());
    const own = firstRecord(address, options.info, options.generation, options.version);
    this.#roster = new Roster({
      own: options.base?.entries.get(address)?.record ?? own,
      limits,
      base: options.base,
      onChange: (change) => this.#onRosterChanged(change),
    });
    this.#views = new MemberViews(this.#roster, this.#acquaintances);
    this.#exchanges = new Exchanges(this.#exchangeContext(), now);
    this.#detector = new Detector(this.#detectorContext());
    this.#standing = new Standing(this.#standingContext());
    this.#news = new News(this.#newsContext());
    this.#overlay = new Overlay(this.#overlayContext(), now);
    this.#contacts = new Contacts(this.#roster, this.#prober);
    this.#inquiries = new LinkInquiries(this.#inquiriesContext(), now);
    this.#probing = new Probing(this.#probingContext());
    // A random phase, so that peers started together do not act together for ever.
    const { pingPeriodMs, reconnectPeriodMs } = this.#timing;
    this.#pingAtMs = now + random() * pingPeriodMs;
    const waitMs = pingPeriodMs * FIRST_CATCH_UP_PERIODS;
    this.#catchUp = { atMs: now + (1 + random()) * waitMs, waitMs };
    this.#periods = randomIndex(FAR_EXCHANGE_PERIODS, random);
    this.#reconnectAtMs = now + random() * reconnectPeriodMs;
    this.#seekFormer(now);
  }

  // What can be asked.

  get address(): string {
    return this.#address;
  }

  /** This peer as its own member list shows it. */
  get self(): Member {
    return this.#views.self;
  }

  get own(): MemberRecord {
    return this.#roster.own;
  }

  /** The live members with this peer itself first; with "all", those failed and left too. */
  members(include: "live" | "all"): Generator<Member> {
    return this.#views.members(include);
  }

  /** All that is known of each member; `wallOffsetMs` makes the time of day of the core's times. */
  details(wallOffsetMs: number): MemberDetail[] {
    return this.#views.details(wallOffsetMs);
  }

  /** All that is known of one member. */
  detail(address: string, wallOffsetMs: number): MemberDetail | undefined {
    return this.#views.detail(address, wallOffsetMs);
  }

  /** Who watches that member. */
  watchersOf(address: string): readonly string[] {
    return this.#views.watchersOf(address);
  }

  /** The probes that were answered, by how long that took. */
  get roundTrips(): HistogramFigures {
    return this.#acquaintances.roundTrips.figures;
  }

  /** How long news had been on its way when it came by rumor. */
  get arrivals(): HistogramFigures {
    return this.#news.arrivals.figures;
  }

  /** How the exchanges ended that we began. */
  get exchangeOutcomes(): ExchangeOutcomes {
    return this.#prober.exchangeOutcomes;
  }

  /** Our links that are ready. */
  links(now: number): readonly LinkDetail[] {
    return linkDetails(this.#links, this.#roster, this.#acquaintances, now);
  }

  /** The time of day that it goes by, in milliseconds since 2024. */
  wallMs(now: number): number {
    return this.#calendar.wallMs(now);
  }

  /** The fingerprint of all that peers have to agree on. */
  get fingerprint(): Fingerprint {
    return this.#roster.fingerprint;
  }

  /** The first coded symbols of all records; for checkers. */
  symbols(length: number): readonly CodedSymbol[] {
    return this.#roster.symbols(length);
  }

  /** What is held of each member. */
  entries(): Iterable<RosterEntry> {
    return this.#roster.entries();
  }

  /** All records held, tombstones included. */
  records(): MemberRecord[] {
    return this.#roster.records();
  }

  /** True when that address is a member, live or gone. */
  remembers(address: string): boolean {
    return isMember(this.#roster.get(address)?.record);
  }

  /** How many native members are listed, this peer included. */
  get liveCount(): number {
    return this.#roster.liveCount;
  }

  /** True when that address is listed as a live member. */
  lists(address: string): boolean {
    return this.#roster.live(address) !== undefined;
  }

  /** What happened between us and that member, step by step. */
  explain(address: string): readonly TimedStep[] {
    return this.#history.of(address);
  }

  /** What the next boot has to know of the members. */
  *keptMembers(now: number): Generator<KeptMember> {
    yield* keptOf(this.#roster, this.#calendar, now);
    yield* this.#former.kept(now);
  }

  /** True once all were told that we leave, or the time for it ran out. */
  get hasLeft(): boolean {
    return this.#departure.hasEnded;
  }

  get isLeaving(): boolean {
    return this.#departure.isBegun;
  }

  /** How much is held of what is bounded. */
  get sizes() {
    return {
      live: this.#roster.liveCount,
      gone: this.#roster.goneCount,
      candidates: this.#dials.waiting,
      seeds: this.#seeds.size,
      links: this.#links.size,
      rumors: this.#rumors.size,
      probes: this.#prober.size,
      suspected: this.#detector.suspected,
    };
  }

  /** Our neighbours in the overlay, and whether a link to each is there. */
  get neighbours(): ReadonlyMap<string, boolean> {
    return new Map(
      Array.from(this.#roster.neighbours(), (address) => [
        address,
        this.#links.readyTo(address) !== undefined,
      ]),
    );
  }

  /** Lifeguard's score of our own health: 0 is good, 8 is worst. */
  get healthScore(): number {
    return this.#health.score;
  }

  /** When {@link onTimeout} has something to do; undefined for never. A call before is a no-op. */
  nextTimeoutMs(now: number): number | undefined {
    this.#dueAtMs = this.hasLeft ? Number.POSITIVE_INFINITY : this.#nextAtMs(now);
    return this.hasLeft ? undefined : this.#dueAtMs;
  }

  #nextAtMs(now: number): number {
    if (this.isLeaving) {
      return Math.min(this.#departure.endsAtMs, this.#rumors.flushAtMs ?? Number.POSITIVE_INFINITY);
    }
    return Math.min(
      this.#pingAtMs,
      this.#catchUp.atMs,
      // Without any gone there is no need to wake up for them; once one goes it may be long due,
      // which is not to be taken for a stall.
      this.#roster.goneCount + this.#former.size > 0
        ? Math.max(now, this.#reconnectAtMs)
        : Number.POSITIVE_INFINITY,
      this.#overlay.dueAtMs,
      this.#rumors.flushAtMs ?? Number.POSITIVE_INFINITY,
      this.#prober.nextAtMs(),
      this.#detector.nextAtMs(),
      this.#inquiries.nextAtMs(),
      this.#news.nextAtMs(),
      this.#dials.nextAtMs(now) ?? Number.POSITIVE_INFINITY,
      this.#seeds.nextAtMs() ?? Number.POSITIVE_INFINITY,
    );
  }

  /** Gives what is to be done since the last call, in order. */
  takeEffects(): readonly NativeEffect[] {
    const effects = this.#effects;
    if (effects.length > 0) this.#effects = [];
    return effects;
  }

  // What the application does.

  /** Writes our info; it is on its way at once. */
  updateInfo(info: PeerInfo, now: number): void {
    this.#enter(now);
    const waiting = this.#rumors.waiting(this.#address);
    const { record, sent } = writeInfo(this.#roster.own, info);
    this.#roster.merge(record);
    const news = waiting === undefined ? sent : wholeRecord(record);
    this.#rumors.add(news, undefined, false, now);
    this.#event({ type: "member-updated", member: this.self });
  }

  /** Raises our version: others hold us gone who know no incarnations. */
  raiseVersion(version: number, now: number): void {
    const { own } = this.#roster;
    if (version <= own.version || version > MAX_COUNTER) return;
    this.#news.tell({ ...own, version }, now);
  }

  /** Adds a seed and dials it at once. Returns false when there are too many. */
  addSeed(seed: string, now: number): boolean {
    this.#enter(now);
    return this.#seeds.add(seed, now);
  }

  /** Takes a member that is gone off all lists: ours and, as that spreads, those of the others. */
  forget(address: string, now: number): void {
    const record = this.#roster.get(address)?.record;
    if (record === undefined || address === this.#address || this.lists(address)) return;
    this.#enter(now);
    // It outlasts what others hold of the member, so that nobody learns it again from them.
    const expiresAt = Math.max(record.expiresAt, this.#calendar.expiry(now));
    this.#news.tell({ ...record, verdict: "forgotten", expiresAt }, now);
  }

  /** Asks a member for its links; ends with a `links-told` or `links-untold` effect of that id. */
  askLinks(id: number, address: string, timeoutMs: number, now: number): void {
    this.#enter(now);
    this.#inquiries.ask(id, address, timeoutMs, now);
  }

  /** Someone may be at that address. */
  suggestDial(address: string, now: number): void {
    if (address === this.#address || this.lists(address)) return;
    this.#dials.suggest(address, now);
  }

  /** Finds out which dialect an address speaks; ends with a `dialect` effect. */
  findDialect(address: string, now: number): void {
    this.#open(address, { type: "dialect" }, true, now);
  }

  /** Tells the others that we go; ends with a `leave-ended` effect. */
  leave(now: number): void {
    if (this.isLeaving) return;
    this.#enter(now);
    this.#seeds.end();
    this.#news.tell(
      { ...this.#roster.own, verdict: "left", expiresAt: this.#calendar.expiry(now) },
      now,
    );
    // Whoever sees a link of ours end has heard why before, neighbour or not.
    const told = this.#links.readyAddresses().filter((address) => this.#roster.live(address));
    this.#news.flushTo(this.#links.readyAddresses(), now);
    this.#departure.begin(told, this.#prober.nextSeq(), now + this.#timing.leaveTimeoutMs);
    // Answered after what was sent before it.
    for (const address of told) this.#probing.probe(address, false, now);
  }

  // What happens.

  /** Takes in one message, or the end of something that was asked for. */
  handle(input: NativeInput, now: number): void {
    this.#enter(now);
    switch (input.type) {
      case "link-accepted":
        this.#onLinkAccepted(input.linkId, now);
        break;
      case "frame":
        this.#onFrame(input.linkId, input.frame, now);
        break;
      case "link-ended":
        this.#onLinkEnded(input.linkId, input.end, input.reason, now);
        break;
      case "knock-ended":
        this.#detector.onKnock(input.address, input.outcome, now);
        break;
      case "seed-resolved":
        this.#seeds.onResolved(input, now);
        break;
      default:
        input satisfies never;
    }
    if (!this.isLeaving) this.#overlay.maintain(now);
    for (const rejection of this.#rejections.take()) {
      this.#effects.push({ type: "rejected", rejection });
    }
  }

  /** Does what has become due. */
  onTimeout(now: number): void {
    if (this.hasLeft) return;
    this.#enter(now);
    const flushAtMs = this.#rumors.flushAtMs;
    if (flushAtMs !== undefined && now >= flushAtMs) this.#news.flush(now);
    if (this.isLeaving) return this.#departure.onTimeout(now);
    this.#probing.onTimeout(now);
    if (now >= this.#pingAtMs) this.#onPingPeriodTimeout(now);
    if (now >= this.#catchUp.atMs) this.#onCatchUpTimeout(now);
    if (now >= this.#reconnectAtMs) this.#onReconnectTimeout(now);
    this.#detector.onTimeout(now);
    this.#inquiries.onTimeout(now);
    this.#news.onTimeout(now);
    this.#seeds.onTimeout(now);
    this.#onDialTimeout(now);
    if (!this.isLeaving) this.#overlay.maintain(now);
  }

  /** Every way in: notices when this process, or its machine, stood still. */
  #enter(now: number): void {
    // What is due stays overdue until its timer runs: until then the same stall is met again.
    const lateMs = now - Math.max(this.#dueAtMs, this.#stalledUntilMs);
    this.#dueAtMs = Number.POSITIVE_INFINITY;
    this.#now = now;
    if (lateMs < STALL_MS) return;
    this.#stalledUntilMs = now;
    this.counters.stalls += 1;
    this.#health.onOwnFault();
    this.#prober.delayBy(lateMs);
    this.#detector.onStall(lateMs);
    this.#news.delayBy(lateMs);
  }

  // Timeouts.

  /** The exchange of a period: with the neighbour untouched for longest, now and then with another. */
  #onPingPeriodTimeout(now: number): void {
    const { pingPeriodMs } = this.#timing;
    const missedPeriods = Math.floor((now - this.#pingAtMs) / pingPeriodMs);
    this.#pingAtMs += (missedPeriods + 1) * pingPeriodMs;
    this.#closeIdleLinks(now);
    this.#goOnWithSeeds(now);
    this.#standing.onPeriod(now);
    this.#periods += 1;
    const far =
      this.#periods % FAR_EXCHANGE_PERIODS === 0
        ? this.#contacts.untouchedFar(this.#random)
        : undefined;
    const address = far ?? this.#contacts.dueNeighbour(pingPeriodMs, now);
    if (address === undefined) return;
    if (far !== undefined) this.#contacts.touch(far, now);
    this.#probing.probe(address, true, now);
  }

  /**
   * A newcomer was given a list on which others that came at the same time are missing, and nobody yet
   * has it as a neighbour whom he would tell. It asks again, ever more rarely, within its first period.
   */
  #onCatchUpTimeout(now: number): void {
    const { waitMs } = this.#catchUp;
    const isLast = 2 * waitMs >= this.#timing.pingPeriodMs;
    this.#catchUp = {
      atMs: isLast ? Number.POSITIVE_INFINITY : now + 2 * waitMs,
      waitMs: 2 * waitMs,
    };
    const address = this.#contacts.dueNeighbour(waitMs, now);
    if (address !== undefined) this.#probing.probe(address, true, now);
  }

  /** Forgets who is gone for long, and looks whether one of the failed is back, where it is our turn. */
  #onReconnectTimeout(now: number): void {
    this.#reconnectAtMs = now + this.#timing.reconnectPeriodMs;
    this.#roster.forgetExpired(this.#calendar.minutes(now));
    const failed = this.#roster.failed();
    // Each of the failed is dialled by a few at a time, however many there are that could.
    const share = (RECONNECTING * failed.length) / this.liveCount;
    const address = failed[randomIndex(failed.length, this.#random)];
    if (address !== undefined && this.#random() < share) this.#dials.suggest(address, now);
    this.#seekFormer(now);
  }

  #seekFormer(now: number): void {
    const isAlone = this.liveCount <= 1;
    for (const address of this.#former.take(isAlone, this.#random, now)) {
      this.suggestDial(address, now);
    }
  }

  #onDialTimeout(now: number): void {
    for (;;) {
      const address = this.#dials.take(now);
      if (address === undefined) return;
      if (this.#links.readyTo(address) === undefined) {
        this.#open(address, { type: "dial" }, true, now);
        continue;
      }
      // It reaches us; whether we reach it, its answer tells.
      this.#dials.end(address);
      this.#probing.probe(address, true, now);
    }
  }

  // Links.

  /** Opens a link; with an exchange where we want to know what the other side knows. */
  #open(address: string, purpose: LinkPurpose, exchange: boolean, now: number): LinkState {
    const link = this.#links.addOutbound(address, now);
    this.#purposes.set(link, purpose);
    this.counters.linksOpened += 1;
    const { linkTimeoutMs, seedTimeoutMs } = this.#timing;
    const timeoutMs = purpose.type === "seed" ? seedTimeoutMs : linkTimeoutMs;
    const foundBy = purpose.type === "seed" ? parseAddress(purpose.seed)?.host : undefined;
    this.#effects.push({ type: "open-link", linkId: link.id, address, timeoutMs, foundBy });
    this.#send(link, this.#hello());
    if (exchange) this.#probing.probeOver(link, address, true, now);
    return link;
  }

  #hello(): Hello {
    return {
      type: "hello",
      cluster: this.#cluster,
      address: this.#address,
      generation: this.#roster.own.generation,
      minVersion: PROTOCOL_VERSION,
      maxVersion: PROTOCOL_VERSION,
      originals: this.#originals(),
      clock: Math.floor(this.#calendar.wallMs(this.#now)),
    };
  }

  #linkTo(address: string, now: number): LinkState | undefined {
    const held = this.#links.to(address);
    if (held !== undefined && !isHung(held)) return held;
    if (this.#overlay.isResting(address, now) && !this.#detector.isSuspected(address)) return held;
    return this.#openOther(address, now) ?? held;
  }

  /** A second link to a member whose link brought no answer. */
  #openBeside(address: string, now: number): LinkState | undefined {
    const held = this.#links.to(address);
    const isInDoubt = held?.isReady === true && held.missed > 0 && !this.#links.isOpening(address);
    return isInDoubt ? this.#openOther(address, now) : undefined;
  }

  /** A new link, where there may be one more. */
  #openOther(address: string, now: number): LinkState | undefined {
    if (this.#links.size >= this.#limits.maxLinks) return undefined;
    return this.#open(address, { type: "other" }, false, now);
  }

  #send(link: LinkState, frame: Frame): void {
    this.#effects.push({ type: "send", linkId: link.id, frame });
  }

  #close(link: LinkState, reason: string): void {
    this.#send(link, { type: "goodbye", reason });
    this.#effects.push({ type: "close-link", linkId: link.id });
    this.#forgetLink(link, reason);
    this.#askElsewhere(link, this.#now);
  }

  /** A link is over that was no longer needed: what was asked on it is asked again. */
  #askElsewhere({ id, address }: LinkState, now: number): void {
    const lost = this.#prober.endAllOn(id).filter((probe) => !probe.isMissed);
    if (address !== undefined && lost.length > 0) this.#detector.onUnneeded(address, now);
  }

  /** The link is no more; what it was opened for, and has not come to pass, has failed. */
  #forgetLink(
    link: LinkState,
    reason: string,
    outcome: LinkOutcome = { type: "failed", reason },
  ): void {
    this.#links.delete(link.id);
    this.#exchanges.onLinkEnded(link);
    this.#requestRates.delete(link.id);
    this.#inquiries.onLinkEnded(link, reason, this.#now);
    this.#purposes.delete(link, outcome, this.#now);
    this.#overlay.hurry(this.#now);
  }

  #closeIdleLinks(now: number): void {
    const context = {
      links: this.#links,
      neighbours: this.#roster.neighbours(),
      pingPeriodMs: this.#timing.pingPeriodMs,
      isForSeed: (link: LinkState) => this.#purposes.isForSeed(link),
    };
    for (const link of this.#links.values()) {
      const care = careFor(link, context, now);
      if (care.type === "close") this.#close(link, care.reason);
      else if (care.type === "refuse") this.#refuse(link, care.reason);
    }
    this.#contacts.prune();
  }

  // Frames.

  #onFrame(linkId: number, frame: Frame, now: number): void {
    const link = this.#links.get(linkId);
    if (link === undefined) return;
    link.heardAtMs = now;
    link.missed = 0;
    this.#forgetOfOld(now);
    this.#detector.onHeard(now);
    if (frame.type === "hello") return this.#onHello(link, frame, now);
    if (!link.isReady) return this.#refuse(link, "the first frame has to be a hello");
    if (this.#asksTooMuch(link, frame, now)) return;
    switch (frame.type) {
      case "probe":
        this.#exchanges.onProbe(link, frame, now);
        if (frame.fingerprint !== undefined && link.address !== undefined) {
          this.#contacts.onBegun(link.address, now);
        }
        break;
      case "probe-answer":
        this.#onProbeAnswer(link, frame, now);
        break;
      case "symbols-request":
        this.#exchanges.onSymbolsRequest(link, frame);
        break;
      case "symbols":
        this.#exchanges.onSymbols(link, frame);
        this.#onSeedHeard(link, now);
        break;
      case "records-request":
        this.#exchanges.onRecordsRequest(link, frame);
        break;
      case "records":
        this.#exchanges.onRecords(link, frame, now);
        this.#onSeedHeard(link, now);
        break;
      case "rumors":
        this.#news.onRumors(link, frame, now);
        break;
      case "ask":
        this.#detector.onAsk(link, frame, now);
        break;
      case "evidence":
        this.#detector.onEvidence(link, frame, now);
        break;
      case "links-request":
        this.#inquiries.onRequest(link, frame, now);
        break;
      case "links":
        this.#inquiries.onLinks(link, frame, now);
        break;
      case "goodbye":
        this.#forgetLink(link, frame.reason);
        this.#effects.push({ type: "close-link", linkId });
        this.#askElsewhere(link, now);
        break;
      default:
        frame satisfies never;
    }
  }

  /** True for a question that is not taken in, since that link asks too many. */
  #asksTooMuch({ id, address }: LinkState, { type }: Frame, now: number): boolean {
    const isPass = type === "symbols-request" || type === "records-request";
    if (!isPass && type !== "ask") return false;
    const records = isPass ? this.#roster.fingerprint.count : 0;
    if (this.#requestRates.take(id, records, now)) return false;
    this.#rejections.add("frame-too-often", address ?? "");
    return true;
  }

  #onLinkAccepted(linkId: number, now: number): void {
    if (!this.#links.isFull) {
      this.#links.addInbound(linkId, now);
      return;
    }
    const { maxLinks } = this.#limits;
    const reason = `this peer has ${maxLinks} links already (limits.maxLinks): try another`;
    this.#effects.push({ type: "refuse-link", linkId, reason });
  }

  /**
   * Who heard from nobody for longer than the gone are remembered cannot tell who of its list went
   * meanwhile, and was forgotten by the others: it learns the list anew, and looks for who was there.
   */
  #forgetOfOld(now: number): void {
    const { goneRetentionMs } = this.#timing;
    const isOld = now - this.#heardAtMs > goneRetentionMs;
    this.#heardAtMs = now;
    if (!isOld) return;
    this.#verdictReason = "nobody was heard for longer than the gone are remembered";
    for (const address of this.#roster.forgetLive()) {
      this.#former.add({ address, remainingMs: goneRetentionMs }, now);
    }
  }

  #onHello(link: LinkState, hello: Hello, now: number): void {
    const fault = helloFault(hello, this.#cluster);
    if (fault !== undefined) {
      this.#refuse(link, fault);
      return;
    }
    const { address, generation } = hello;
    if (address === this.#address) {
      // Our own address, or an alias of it, as a seed. Our other end has to see that too.
      if (!link.isOutbound) this.#send(link, this.#hello());
      this.#purposes.serve(link, now);
      this.#close(link, "linked to itself");
      return;
    }
    const isFirst = !link.isReady;
    this.#links.setReady(link, address, generation);
    this.#closeBefore(address, generation);
    this.#overlay.onLinked(address);
    if (!isFirst) return;
    this.#onClockTold(link, hello.clock, now);
    if (!link.isOutbound) this.#send(link, this.#hello());
    if (hello.originals.length > 0) {
      this.#effects.push({ type: "originals", addresses: hello.originals });
    }
    this.#roster.setUnreachable(address, false);
    const held = this.#roster.get(address);
    const isTold = held?.record.verdict !== "live" || held.record.generation > generation;
    if (held !== undefined && isTold) this.#news.tellEntry(link, held);
    const own = this.#roster.get(this.#address);
    if (this.isLeaving && own !== undefined) this.#news.tellEntry(link, own);
    if (this.#purposes.isForSeed(link)) this.#onSeedHeard(link, now);
    else this.#purposes.serve(link, now);
  }

  /** What we hold of the time of day is held against what those say whom we are linked to. */
  #onClockTold(link: LinkState, clock: number, now: number): void {
    if (clock === 0) return;
    link.clockOffsetMs = clock - now;
    // Each address has one voice, however many links it opens: the latest.
    const offsetsMs = new Map<string, number>();
    for (const { address, clockOffsetMs } of this.#links.values()) {
      if (address !== undefined && clockOffsetMs !== undefined)
        offsetsMs.set(address, clockOffsetMs);
    }
    this.#calendar.compare([...offsetsMs.values()], this.liveCount === 1);
  }

  /** A seed has answered once the exchange with it is over: by then it is listed. */
  #onSeedHeard(link: LinkState, now: number): void {
    if (!this.#purposes.isForSeed(link) || !link.isReady) return;
    const isAsked = this.#prober.isProbingOn(link.id) || this.#exchanges.isBusy(link, now);
    if (!isAsked) this.#purposes.serve(link, now);
  }

  /** A seed that said hello and then nothing has answered all the same. */
  #goOnWithSeeds(now: number): void {
    for (const linkId of this.#purposes.seedLinkIds()) {
      const link = this.#links.get(linkId);
      if (link !== undefined) this.#onSeedHeard(link, now);
    }
  }

  #refuse(link: LinkState, reason: string): void {
    if (link.isOutbound) return this.#close(link, reason);
    this.#effects.push({ type: "refuse-link", linkId: link.id, reason });
    this.#forgetLink(link, reason);
  }

  #onLinkEnded(linkId: number, end: LinkEndType, reason: string, now: number): void {
    const link = this.#links.get(linkId);
    if (link === undefined) return;
    const { address, isReady } = link;
    const isUnserved = end === "unserved";
    this.#forgetLink(link, reason, isUnserved ? { type: "served-otherwise" } : undefined);
    for (const probe of this.#prober.endAllOn(linkId)) {
      if (probe.isMissed) continue;
      if (end === "timed-out") this.#probing.onMissed(probe.address, now);
      else this.#detector.onLost(probe.address, this.#links.to(probe.address) !== undefined, now);
    }
    if (address === undefined) return;
    if (!isReady) this.#overlay.onLinkFailed(address, now);
    if (end === "unserved") {
      // From here on it is the seed dialect's to look for.
      this.#former.delete(address);
      this.#effects.push({ type: "dialect", address, dialect: "seed" });
    }
    const isLastLink = this.#links.to(address) === undefined;
    if (isLastLink && (end === "broken" || end === "closed" || end === "unserved")) {
      this.#detector.onLinkBroken(address, reason, now);
    }
  }

  #onProbeAnswer(link: LinkState, answer: ProbeAnswer, now: number): void {
    const address = this.#probing.onAnswer(link, answer, now);
    if (address === undefined) return;
    this.#departure.onAnswered(address, answer.seq);
    this.#exchanges.onProbeAnswer(link, answer, now);
    this.#onSeedHeard(link, now);
  }

  // Records.

  #onRosterChanged(change: RosterChange): void {
    const { address, before, after, wasListed, isListed } = change;
    this.#observer?.onRosterChange?.(change);
    if (after !== undefined) this.#former.delete(address);
    this.#acquaintances.onChange(address, isMember(before), isMember(after), this.#now);
    if (address === this.#address) return;
    this.#detector?.onRecordChanged(address, isListed, this.#now);
    this.#announcer.onChange(change, this.#verdictReason);
    if (after !== undefined && before !== undefined) this.#closeBefore(address, after.generation);
    if (after?.verdict !== "live") this.#departure.onGone(address);
    if (after !== undefined && wasListed && !isListed) this.#onGone(after);
  }

  /** A machine that vanished has ended none of its links; nobody is at their other end any more. */
  #closeBefore(address: string, generation: number): void {
    for (const link of this.#links.readyBefore(address, generation)) {
      this.#close(link, "its process has ended");
    }
  }

  #onGone(record: MemberRecord): void {
    const { address, verdict } = record;
    this.#seeds.hurry(this.#now);
    // A link that is still there is told, and not used any more: should the member come back, a
    // fresh one does not wait for what this one has not got through. One that leaves closes its own.
    const link = this.#links.to(address);
    if (link === undefined || verdict === "left") return;
    const entry = this.#roster.get(address);
    if (entry !== undefined) this.#news.tellEntry(link, entry);
    if (link.isOutbound) this.#close(link, verdict);
  }

  #convict(address: string, reason: string, isAgreed: boolean, now: number): void {
    const entry = this.#roster.live(address);
    if (entry === undefined) return;
    const expiresAt = this.#calendar.expiry(now);
    const record: MemberRecord = { ...entry.record, verdict: "failed", expiresAt };
    if (!isAgreed) return this.#news.accuse(record, reason, now);
    this.#verdictReason = reason;
    this.#news.tell(record, now);
    this.#roster.forgetExcess();
  }

  // Parts.

  #seedsContext(seeds: SeedList) {
    return {
      address: this.#address,
      limits: this.#limits,
      seeds,
      isKnown: (address: string) =>
        this.#links.readyTo(address) !== undefined || this.lists(address),
      isAlone: () => this.liveCount === 1,
      open: (address: string, seed: string, now: number): void => {
        this.#open(address, { type: "seed", seed }, true, now);
      },
      onEffect: (effect: NativeEffect): void => {
        this.#effects.push(effect);
      },
    };
  }

  #exchangeContext() {
    return {
      roster: this.#roster,
      counters: this.counters,
      random: this.#random,
      send: (link: LinkState, frame: Frame) => this.#send(link, frame),
      onRecord: (record: MemberRecord, from: string, now: number) =>
        this.#news.onExchanged(record, from, now),
      onBusy: (addresses: readonly string[], now: number) => this.#onBusy(addresses, now),
    };
  }

  /** One of those that were named has more time. */
  #onBusy(addresses: readonly string[], now: number): void {
    const usable = addresses.filter((address) => parseAddress(address) !== undefined);
    const address = usable[randomIndex(usable.length, this.#random)];
    if (address !== undefined) this.suggestDial(address, now);
  }

  #newsContext() {
    return {
      roster: this.#roster,
      rumors: this.#rumors,
      links: this.#links,
      calendar: this.#calendar,
      history: this.#history,
      counters: this.counters,
      rejections: this.#rejections,
      limits: this.#limits,
      send: (link: LinkState, frame: Frame) => this.#send(link, frame),
      askForWhole: (link: LinkState, from: string, now: number) => {
        if (!this.#exchanges.isBusy(link, now)) this.#probing.probeOver(link, from, true, now);
      },
      graceMs: 2 * this.#timing.probeTimeoutMs,
      onSaidOfSelf: (record: MemberRecord, saying: Saying, from: string, now: number) => {
        if (!this.isLeaving) this.#standing.onClaim(record, saying, from, now);
      },
      isAnswering: (address: string) => {
        const link = this.#links.readyTo(address);
        if (link === undefined || isHung(link) || !this.#detector.isTrusted(address)) return false;
        const isRecent = this.#now - link.heardAtMs < 2 * this.#timing.pingPeriodMs;
        return isRecent || this.#roster.neighbours().has(address);
      },
      roundTripMs: (address: string) => this.#acquaintances.of(address).roundTripMs,
      setVerdictReason: (reason: string) => {
        this.#verdictReason = reason;
      },
    };
  }

  #inquiriesContext() {
    return {
      roster: this.#roster,
      links: this.#links,
      acquaintances: this.#acquaintances,
      rejections: this.#rejections,
      nextSeq: () => this.#prober.nextSeq(),
      linkTo: (address: string, now: number) => this.#linkTo(address, now),
      send: (link: LinkState, frame: Frame) => this.#send(link, frame),
      close: (link: LinkState, reason: string) => this.#close(link, reason),
      onEnded: (end: LinkInquiryEnded) => void this.#effects.push(end),
    };
  }

  #purposesContext() {
    return {
      seeds: this.#seeds,
      dials: this.#dials,
      isKnown: (address: string) => this.remembers(address) || this.#former.has(address),
      onEffect: (effect: NativeEffect): void => {
        this.#effects.push(effect);
      },
    };
  }

  #probingContext() {
    return {
      roster: this.#roster,
      links: this.#links,
      prober: this.#prober,
      exchanges: this.#exchanges,
      health: this.#health,
      counters: this.counters,
      contacts: this.#contacts,
      acquaintances: this.#acquaintances,
      detector: this.#detector,
      standing: this.#standing,
      overlay: this.#overlay,
      probeTimeoutMs: this.#timing.probeTimeoutMs,
      linkTo: (address: string, now: number) => this.#linkTo(address, now),
      send: (link: LinkState, frame: Frame) => this.#send(link, frame),
    };
  }

  #overlayContext() {
    return {
      roster: this.#roster,
      links: this.#links,
      calendar: this.#calendar,
      random: this.#random,
      maxFailures: this.#limits.maxLinks,
      open: (address: string, now: number): void => {
        this.#open(address, { type: "other" }, true, now);
      },
    };
  }

  #standingContext() {
    return {
      roster: this.#roster,
      history: this.#history,
      counters: this.counters,
      probe: (address: string, now: number) => this.#probing.probe(address, false, now),
      setOwn: (record: MemberRecord, now: number) => this.#news.tell(record, now),
    };
  }

  #detectorContext() {
    return {
      roster: this.#roster,
      prober: this.#prober,
      health: this.#health,
      history: this.#history,
      counters: this.counters,
      timing: this.#timing,
      random: this.#random,
      linkTo: (address: string, now: number) => this.#linkTo(address, now),
      send: (link: LinkState, frame: Frame) => {
        link.usedAtMs = this.#now;
        this.#send(link, frame);
      },
      answerOn: (linkId: number, frame: Frame) => {
        const link = this.#links.get(linkId);
        if (link !== undefined) this.#send(link, frame);
      },
      tellEntry: (link: LinkState, entry: RosterEntry) => this.#news.tellEntry(link, entry),
      probe: (address: string, now: number) => {
        this.#overlay.forgetFailure(address);
        this.#probing.probe(address, false, now);
      },
      probeAfresh: (address: string, now: number) => {
        const link = this.#openBeside(address, now);
        if (link !== undefined) this.#probing.probeOver(link, address, false, now);
      },
      knock: (address: string) => {
        const timeoutMs = this.#timing.probeTimeoutMs;
        this.#effects.push({ type: "knock", address, timeoutMs });
      },
      convict: (address: string, reason: string, isAgreed: boolean, now: number) =>
        this.#convict(address, reason, isAgreed, now),
      linked: () => this.#links.readyAddresses(),
      isAccused: () => this.#standing.isAccused,
      setOutOfReach: (address: string) => {
        this.#verdictReason = "we hear from nobody";
        this.#roster.setUnreachable(address, true);
      },
    };
  }

  #event(event: MemberEvent): void {
    this.#effects.push({ type: "event", event });
  }
}
