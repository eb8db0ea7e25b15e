// What each peer of a simulation has said of itself: others may hold that of it, and nothing else.

import type { MemberRecord } from "../../core/native/member-record.js";
import { infoText } from "../../core/native/record-hash.js";

/** What was said in one generation. */
interface Words {
  incarnation: number;
  version: number;
  /** The info, by the version that it was written at. */
  readonly infos: Map<number, Set<string>>;
  /** The incarnations that left. */
  readonly left: Set<number>;
}

/** All that owners have said of themselves. */
export class OwnerWords {
  readonly #byAddress = new Map<string, Map<number, Words>>();

  /** The owner holds this of itself. */
  note(record: MemberRecord): void {
    const { address, generation, incarnation, version, verdict } = record;
    const generations = this.#byAddress.get(address) ?? new Map<number, Words>();
    this.#byAddress.set(address, generations);
    const words = generations.get(generation) ?? newWords();
    generations.set(generation, words);
    words.incarnation = Math.max(words.incarnation, incarnation);
    words.version = Math.max(words.version, version);
    const infos = words.infos.get(version) ?? new Set();
    words.infos.set(version, infos.add(infoText(record)));
    if (verdict === "left") words.left.add(incarnation);
  }

  /** True when the member has said that it leaves. */
  hasLeft({ address, generation, incarnation }: MemberRecord): boolean {
    return this.#byAddress.get(address)?.get(generation)?.left.has(incarnation) === true;
  }

  /** What is held of a member that it never said; undefined where it said all of it. */
  faultOf(record: MemberRecord): string | undefined {
    const { address, generation, incarnation, version, verdict } = record;
    const words = this.#byAddress.get(address)?.get(generation);
    if (words === undefined) return `generation ${generation} of ${address}, which never began one`;
    if (incarnation > words.incarnation) {
      return `incarnation ${incarnation} of ${address}, which never rose above ${words.incarnation}`;
    }
    if (version > words.version) {
      return `version ${version} of ${address}, which never wrote more than ${words.version}`;
    }
    if (words.infos.get(version)?.has(infoText(record)) !== true) {
      return `info of ${address} at version ${version} that it never wrote`;
    }
    if (verdict === "left" && !words.left.has(incarnation)) {
      return `that ${address} left at incarnation ${incarnation}, which it did not`;
    }
    return undefined;
  }
}

/** Which counter is lower in the later of two records of one member. */
export function fallenBetween(before: MemberRecord, after: MemberRecord): string | undefined {
  if (after.generation !== before.generation) {
    if (after.generation > before.generation) return undefined;
    return `generation fell from ${before.generation} to ${after.generation}`;
  }
  if (after.incarnation < before.incarnation) {
    return `incarnation fell from ${before.incarnation} to ${after.incarnation}`;
  }
  if (after.version < before.version) {
    return `version fell from ${before.version} to ${after.version}`;
  }
  return undefined;
}

function newWords(): Words {
  return { incarnation: -1, version: -1, infos: new Map(), left: new Set() };
}
