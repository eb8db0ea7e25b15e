// What others tell, in any order and however contradictory: the core takes it in, and nothing that it
// knew of a member falls back, nor do others write its own record.

import fc from "fast-check";
import { expect, test } from "vitest";
import type { MemberRecord } from "../../src/core/native/member-record.js";
import { mergeRecords } from "../../src/core/native/merge.js";
import type { RosterChange } from "../../src/core/native/roster.js";
import { LoneNativeCore } from "../support/lone-native-core.js";
import { ADDRESSES, drawnFrame } from "./drawn-frames.js";
import { FUZZ_BOUND_MS, tryOften } from "./fuzz-run.js";

const [US = "", ...OTHERS] = ADDRESSES;

/** Something that happens to the core. */
const drawnStep = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(fc.nat({ max: 4 }), drawnFrame) },
  { weight: 2, arbitrary: fc.constantFrom(0, 1, 100, 600, 5_000) },
  { weight: 1, arbitrary: fc.constantFrom("update" as const, "link" as const) },
);

/** Nothing known of a member is lost by a change of what is held of it. */
function expectNoneLost({ before, after }: RosterChange): void {
  if (before === undefined || after === undefined) return;
  // The newer of the two, by the only rule that there is, is the one that is held now.
  expect(mergeRecords(before, after)).toEqual(after);
}

test(
  "nothing that a peer knows of a member falls back, whatever it is told",
  () => {
    const drawn = fc.array(drawnStep, { minLength: 1, maxLength: 40 });
    tryOften(400, drawn, (steps) => {
      const lone = new LoneNativeCore({ address: US, onRosterChange: expectNoneLost });
      const peers = OTHERS.slice(0, 5).map((address) => lone.meets(address));
      for (const step of steps) {
        if (step === "update") lone.act((core, now) => core.updateInfo({ name: "again" }, now));
        else if (step === "link") lone.meets(OTHERS[7] ?? US);
        else if (typeof step === "number") lone.advance(step);
        else peers[step[0]]?.sends(step[1]);
        expectSound(lone);
      }
    });
  },
  FUZZ_BOUND_MS,
);

/** Within its limits, with its own words, and of one mind with itself. */
function expectSound({ core }: LoneNativeCore): void {
  const { own } = core;
  expect(own.address).toBe(US);
  expect(["me", "again"]).toContain(own.name);
  expect(Number.isSafeInteger(own.generation)).toBe(true);
  const records = core.records();
  expect(new Set(records.map(({ address }: MemberRecord) => address)).size).toBe(records.length);
  // We are shown to our own application also while the others hold us as failed.
  const shown = [...core.members("live")].length;
  expect(shown).toBe(core.liveCount + (own.verdict === "live" ? 0 : 1));
}
