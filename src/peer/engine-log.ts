// What a peer's engine logs: what happens to members and seeds, and what was not taken in.

import type { MemberEvent } from "../core/member.js";
import { RateLimit } from "../core/rate-limit.js";
import type { Rejection } from "../core/rejection.js";
import type { SeedOutcome } from "../core/seed-list.js";
import { hostOf } from "./collapsed-log.js";
import { type KindLogger, SILENT_LOGGER } from "./logger.js";

/** Lines about rejected input in a second; what is not logged is still counted. */
const MAX_REJECTION_LINES_PER_SECOND = 10;

/** Writes the lines of one peer. */
export class EngineLog {
  readonly #logger: KindLogger;
  readonly #address: string;
  readonly #isSilent: boolean;
  readonly #rejectionLines: RateLimit;
  /** How the last attempt at each seed ended. */
  readonly #seedOutcomes = new Map<string, SeedOutcome["type"]>();

  constructor(logger: KindLogger, address: string, now: number) {
    this.#logger = logger;
    this.#address = address;
    this.#isSilent = logger === SILENT_LOGGER;
    this.#rejectionLines = new RateLimit(MAX_REJECTION_LINES_PER_SECOND, now);
  }

  /** What happens all the time; where nobody listens, nothing is put together for it. */
  debug(message: string, fields: object): void {
    if (this.#isSilent) return;
    this.#logger.debug({ address: this.#address, ...fields }, message);
  }

  event(event: MemberEvent): void {
    if (this.#isSilent) return;
    const { address } = event.member;
    const fields = { ...fieldsOf(event), address: this.#address };
    switch (event.type) {
      case "member-joined":
        this.#logger.info(fields, `listed ${address}`);
        break;
      case "member-updated": {
        const isOwn = address === this.#address;
        this.#logger.info(fields, isOwn ? "update info" : `${address} updated its info`);
        break;
      }
      case "member-failed":
        this.#logger.warn(fields, `deleted ${address} because of ${event.reason}`);
        break;
      case "member-left":
        this.#logger.info(fields, `${address} left`);
        break;
      case "member-suspected":
        this.#logger.info(fields, `suspect ${address}: ${event.reason}`);
        break;
      case "suspicion-cleared":
        this.#logger.info(fields, `suspect ${address} no longer: ${event.reason}`);
        break;
      case "self-refuted":
        this.#logger.warn(fields, "others held us to be gone: we told them that we are here");
        break;
      default:
        event satisfies never;
    }
  }

  /** A change is worth a line; that a seed still answers, or still does not, is a detail. */
  seedOutcome(outcome: SeedOutcome): void {
    if (this.#isSilent) return;
    const { seed } = outcome;
    const before = this.#seedOutcomes.get(seed);
    this.#seedOutcomes.set(seed, outcome.type);
    const fields = { ...outcome, address: this.#address };
    if (outcome.type === before) this.#logger.debug(fields, `${seed}: ${outcome.type} again`);
    else if (outcome.type === "seed-answered")
      this.#logger.info(fields, `added a new seed ${seed}`);
    else this.#logger.warn(fields, `seed ${seed} did not answer: ${outcome.reason}`);
  }

  left(fields: object): void {
    this.#logger.info({ ...fields, address: this.#address }, "told the others that we leave");
  }

  rejection(rejection: Rejection, source: string, now: number): void {
    if (!this.#rejectionLines.take(now)) return;
    const { count, reason, example } = rejection;
    const fields = { address: this.#address, source, ...rejection };
    const message = `dropped ${count}: ${reason}, for instance ${example}`;
    this.#logger.warn(fields, message, `dropped ${reason} ${hostOf(source)}`);
  }
}

/** What an application keeps in its metadata is not for every reader of its log. */
function fieldsOf({ member, ...rest }: MemberEvent): object {
  const { name } = member.info;
  return { ...rest, member: { ...member, info: { name } } };
}
