// Rules broken: who failed or left, for how long that is remembered, and whom a person has forgotten.

import { rulesOf } from "../rule-mutant.js";

const CALENDAR = "src/core/native/calendar.ts";
const NEWS = "src/core/native/news.ts";
const ROSTER = "src/core/native/roster.ts";
const CORE = "src/core/native/native-core.ts";

export const TOMBSTONES = rulesOf("ALGORITHM", [
  {
    name: "the expiry of tombstones is not rounded",
    rule: "Their expiry is part of the record, rounded up to ten minutes, and the later one wins, so that peers forget together.",
    file: CALENDAR,
    from: "return Math.ceil(minutes / EXPIRY_STEP_MINUTES) * EXPIRY_STEP_MINUTES;",
    to: "return Math.ceil(minutes);",
    isInTable: true,
  },
  {
    name: "of two expiries the one that came first stays",
    rule: "the later one wins, so that peers forget together",
    file: "src/core/native/merge.ts",
    from: "  return a.expiresAt - b.expiresAt;\n",
    to: "  return 0;\n",
  },
  {
    name: "an expired tombstone is learnt again",
    rule: "An expired one is refused rather than learnt again.",
    file: NEWS,
    from: '    if (record.verdict !== "live" && record.expiresAt <= calendar.minutes(now)) return false;\n',
    to: "",
  },
  {
    name: "tombstones are kept for ever",
    rule: "Failed and left members are **tombstones**, kept for `goneRetentionMs`.",
    file: CORE,
    from: "    this.#roster.forgetExpired(this.#calendar.minutes(now));\n",
    to: "",
  },
  {
    name: "tombstones are forgotten at once",
    rule: "kept for `goneRetentionMs`",
    file: ROSTER,
    from: "if (entry.record.expiresAt <= nowMinutes) this.#forget(entry);",
    to: "this.#forget(entry);",
  },
  {
    name: "who heard nobody for too long keeps its old list",
    rule: "with the first frame that comes it gives up its list, learns that of the others",
    file: CORE,
    from: "    if (!isOld) return;\n",
    to: "    if (!isOld || isOld) return;\n",
  },
  {
    name: "who gave up its list looks for nobody who was on it",
    rule: "and dials who was on its own",
    file: CORE,
    from: "      this.#former.add({ address, remainingMs: goneRetentionMs }, now);\n",
    to: "",
  },
  {
    name: "a forgotten member is dialled",
    rule: "but it is on no list and is not dialled",
    file: ROSTER,
    from: 'if (this.get(address)?.record.verdict === "failed") failed.push(address);',
    to: 'if (this.get(address)?.record.verdict !== "left") failed.push(address);',
  },
  {
    name: "a forgotten member is on the list of the failed",
    rule: "it is on no list",
    file: "src/core/native/member-views.ts",
    from: '  if (record.verdict === "forgotten") return undefined;\n',
    to: '  if (record.verdict === "forgotten") return "failed";\n',
  },
  {
    name: "who is forgotten is not told to others",
    rule: "A person can have a failed or left member **forgotten** before its time (`peer.forget`).",
    file: CORE,
    from: 'this.#news.tell({ ...record, verdict: "forgotten", expiresAt }, now);',
    to: 'this.#roster.merge({ ...record, verdict: "forgotten", expiresAt });',
  },
  {
    name: "who leaves says that it failed",
    rule: "the _verdict_: live, failed, left, forgotten",
    file: CORE,
    from: '{ ...this.#roster.own, verdict: "left", expiresAt: this.#calendar.expiry(now) },',
    to: '{ ...this.#roster.own, verdict: "failed", expiresAt: this.#calendar.expiry(now) },',
  },
  {
    name: "a tombstone too many is learnt again",
    rule: "none that went so is learnt again while there is no room",
    file: ROSTER,
    from: '      if (record.verdict !== "live" && this.#isExcess(record)) return undefined;\n',
    to: "",
  },
]);
