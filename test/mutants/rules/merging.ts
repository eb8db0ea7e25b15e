// Rules broken: what is known of a member, and which of two records wins.

import { rulesOf } from "../rule-mutant.js";

const MERGE = "src/core/native/merge.ts";
const OWN_MEMBER = "src/core/native/own-member.ts";
const CALENDAR = "src/core/native/calendar.ts";

export const MERGING = rulesOf("ALGORITHM", [
  {
    name: "newer info is never taken",
    rule: "Within one, what became of it is ordered by incarnation and then by how final the verdict is, the info by version; the two merge apart.",
    file: MERGE,
    from: "  const info = compareInfo(a, b);\n",
    to: "  const { incarnation: i, verdict: v, expiresAt: e } = life >= 0 ? a : b;\n  const info = 1;\n  if (life < 0) return { ...a, incarnation: i, verdict: v, expiresAt: e };\n",
    isInTable: true,
  },
  {
    name: "who gives a member up raises its incarnation",
    rule: "A record (`member-record.ts`) holds two things, each with counters that only the owner raises",
    file: "src/core/native/native-core.ts",
    from: 'const record: MemberRecord = { ...entry.record, verdict: "failed", expiresAt };',
    to: 'const incarnation = entry.record.incarnation + 1;\n    const record: MemberRecord = { ...entry.record, incarnation, verdict: "failed", expiresAt };',
  },
  {
    name: "life and info are swapped",
    rule: "the two merge apart",
    file: MERGE,
    from: "life > 0 ? [a, b] : [b, a]",
    to: "life > 0 ? [b, a] : [a, b]",
    isInTable: true,
  },
  {
    name: "a live record beats a failed one",
    rule: "ordered by incarnation and then by how final the verdict is",
    file: MERGE,
    from: "{ live: 0, failed: 1, left: 2, forgotten: 3 }",
    to: "{ live: 1, failed: 0, left: 2, forgotten: 3 }",
    isInTable: true,
  },
  {
    name: "failed beats left",
    rule: "ordered by incarnation and then by how final the verdict is",
    file: MERGE,
    from: "{ live: 0, failed: 1, left: 2, forgotten: 3 }",
    to: "{ live: 0, failed: 2, left: 1, forgotten: 3 }",
  },
  {
    name: "a forgotten member is the least gone",
    rule: "That is a verdict of its own, the most final one, which spreads as any other",
    file: MERGE,
    from: "{ live: 0, failed: 1, left: 2, forgotten: 3 }",
    to: "{ live: 0, failed: 2, left: 3, forgotten: 1 }",
  },
  {
    name: "the incarnation does not count",
    rule: "nothing but its owner's incarnation or generation brings a member back",
    file: MERGE,
    from: "  if (a.incarnation !== b.incarnation) return a.incarnation - b.incarnation;\n",
    to: "",
  },
  {
    name: "the version does not count",
    rule: "the info by version",
    file: MERGE,
    from: "  if (a.version !== b.version) return a.version - b.version;\n",
    to: "",
  },
  {
    name: "two owners of one address are not ordered",
    rule: "So merging is commutative, associative and idempotent",
    file: MERGE,
    from: "  return ours > theirs ? 1 : -1;\n",
    to: "  return 0;\n",
    isInTable: true,
  },
  {
    name: "an earlier boot replaces a later one",
    rule: "A higher generation replaces all.",
    file: MERGE,
    from: "return a.generation > b.generation ? a : b;",
    to: "return a.generation < b.generation ? a : b;",
  },
  {
    name: "a restart within a day has the same generation",
    rule: "A restart has a later generation and replaces the boot before it without a file.",
    file: "src/core/own-record.ts",
    from: "return Math.max(1, Math.floor(wallClockMs - GENERATION_EPOCH_MS));",
    to: "return Math.max(1, Math.floor((wallClockMs - GENERATION_EPOCH_MS) / 86_400_000) * 86_400_000);",
  },
  {
    name: "who hears of its own higher generation does not rise above it",
    rule: "A peer whose clock was set back hears of its own higher generation and takes that plus one.",
    file: OWN_MEMBER,
    from: "    return { ...own, generation: claim.generation + 1, incarnation: 0 };\n  }\n  // Other words",
    to: "    return undefined;\n  }\n  // Other words",
  },
  {
    name: "generations of any future are believed",
    rule: "Generations more than a day ahead of the clock are not believed",
    file: CALENDAR,
    from: "const isAhead = generation > this.wallMs(now) + leadMs;",
    to: "const isAhead = generation > this.wallMs(now) + 1_000 * leadMs;",
  },
  {
    name: "counters of any height are believed",
    rule: "incarnations and versions above 2^30 neither",
    file: CALENDAR,
    from: '    if (incarnation > MAX_COUNTER || version > MAX_COUNTER) return "version-out-of-range";\n',
    to: "",
  },
  {
    name: "a version goes on beyond its end",
    rule: "a peer that comes to the end of these begins a new generation",
    file: OWN_MEMBER,
    from: "  if (version > MAX_COUNTER) {\n",
    to: "  if (version > 2 * MAX_COUNTER) {\n",
  },
  {
    name: "a clock that was set back stays so",
    rule: "its own clock was set back, and it takes theirs",
    file: CALENDAR,
    from: "this.#offsetMs = median;\n  }\n",
    to: "this.#offsetMs += 0;\n  }\n",
  },
  {
    name: "the clock of the furthest ahead is taken",
    rule: "where most of those that a peer is linked to (three at least, or the only one it knows) are more than half a day ahead of it",
    file: CALENDAR,
    from: "const median = sorted[Math.floor((sorted.length - 1) / 2)];",
    to: "const median = sorted.at(-1);",
    isInTable: true,
  },
  {
    name: "one other clock is enough",
    rule: "three at least",
    file: CALENDAR,
    from: "const FEWEST_CLOCKS = 3;",
    to: "const FEWEST_CLOCKS = 1;",
  },
  {
    name: "the only other clock is not believed",
    rule: "or the only one it knows",
    file: CALENDAR,
    from: "if (offsetsMs.length < FEWEST_CLOCKS && !isAlone) return;",
    to: "if (offsetsMs.length < FEWEST_CLOCKS) return;",
  },
]);
