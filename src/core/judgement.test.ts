// What a relayed record about a live member is worth, case by case: news, a reason to ask the member
// itself, or nothing.

import { expect, test } from "vitest";
import { type Judgement, judgeRelayed } from "./judgement.js";
import { DEFAULT_LIMITS } from "./limits.js";
import type { MemberEntry } from "./member.js";
import type { Claim } from "./precedence.js";

const { maxVersion, maxVersionJump } = DEFAULT_LIMITS;
const MAX_INT32 = 2 ** 31 - 1;
const NO_CEILING = -1;

interface Case {
  readonly what: string;
  /** What we hold: version, name, and how we came by it. */
  readonly held: readonly [version: number, name: string, evidence: Claim["evidence"]];
  readonly ceiling?: number;
  readonly relayed: readonly [version: number, name: string];
  readonly judgement: Judgement;
}

const CASES: readonly Case[] = [
  {
    what: "a lower version is old news",
    held: [10, "m", "first-hand"],
    relayed: [9, "z"],
    judgement: "ignore",
  },
  {
    what: "a lower version is old news also below a ceiling",
    held: [10, "m", "first-hand"],
    ceiling: 50,
    relayed: [9, "z"],
    judgement: "ignore",
  },
  {
    what: "the same is nothing new",
    held: [10, "m", "first-hand"],
    relayed: [10, "m"],
    judgement: "ignore",
  },
  {
    what: "the same is nothing new, below a ceiling neither",
    held: [10, "m", "first-hand"],
    ceiling: 10,
    relayed: [10, "m"],
    judgement: "ignore",
  },
  {
    what: "a higher version is news",
    held: [10, "m", "first-hand"],
    relayed: [11, "z"],
    judgement: "accept",
  },
  {
    what: "a higher version with the same name is news",
    held: [10, "m", "relayed"],
    relayed: [11, "m"],
    judgement: "accept",
  },
  {
    what: "another name at the version that the member itself gave is to be asked about",
    held: [10, "m", "first-hand"],
    relayed: [10, "z"],
    judgement: "check",
  },
  {
    what: "of two relayed names at one version the one that wins is taken",
    held: [10, "m", "relayed"],
    relayed: [10, "z"],
    judgement: "accept",
  },
  {
    what: "of two relayed names at one version the one that loses is to be asked about",
    held: [10, "m", "relayed"],
    relayed: [10, "a"],
    judgement: "check",
  },
  {
    what: "after a fall, what is below the ceiling may be of the boot before",
    held: [3, "m", "first-hand"],
    ceiling: 10,
    relayed: [9, "z"],
    judgement: "check",
  },
  {
    what: "after a fall, what is at the ceiling may be of the boot before",
    held: [3, "m", "first-hand"],
    ceiling: 10,
    relayed: [10, "z"],
    judgement: "check",
  },
  {
    what: "after a fall, what is above the ceiling is news",
    held: [3, "m", "first-hand"],
    ceiling: 10,
    relayed: [11, "z"],
    judgement: "accept",
  },
  {
    what: "the longest jump that is believed",
    held: [10, "m", "first-hand"],
    relayed: [10 + maxVersionJump, "z"],
    judgement: "accept",
  },
  {
    what: "an absurd jump is to be asked about",
    held: [10, "m", "first-hand"],
    relayed: [11 + maxVersionJump, "z"],
    judgement: "check",
  },
  {
    what: "the highest version that is believed",
    held: [maxVersion - 1, "m", "first-hand"],
    relayed: [maxVersion, "z"],
    judgement: "accept",
  },
  {
    what: "a version out of range is to be asked about, however near",
    held: [maxVersion, "m", "first-hand"],
    relayed: [maxVersion + 1, "z"],
    judgement: "check",
  },
  {
    what: "the end of int32 is to be asked about",
    held: [10, "m", "relayed"],
    relayed: [MAX_INT32, "z"],
    judgement: "check",
  },
];

test.each(CASES)("$what", ({ held, ceiling, relayed, judgement }) => {
  const address = "10.0.0.1:7946";
  const [version, name, evidence] = held;
  const entry: MemberEntry = {
    address,
    claim: { record: { address, version, deleted: false, name }, evidence },
    status: "live",
    ceiling: ceiling ?? NO_CEILING,
    saidToLeave: false,
    goneAtMs: 0,
  };
  const record = { address, version: relayed[0], deleted: false, name: relayed[1] };
  expect(judgeRelayed(entry, record, DEFAULT_LIMITS)).toBe(judgement);
});
