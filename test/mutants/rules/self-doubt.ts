// Rules broken: a peer doubts itself before others, and how it comes back when others held it as failed.

import { rulesOf } from "../rule-mutant.js";

const CORE = "src/core/native/native-core.ts";
const DETECTOR = "src/core/native/detector.ts";
const HEALTH = "src/core/native/local-health.ts";
const PROBATION = "src/core/native/probation.ts";
const STANDING = "src/core/native/standing.ts";
const TIMING = "src/core/native/native-timing.ts";

export const SELF_DOUBT = rulesOf("ALGORITHM", [
  {
    name: "any number of members is suspected at once",
    rule: "One peer suspects at most 64: who alone finds more than that silent is more probably cut off itself",
    file: DETECTOR,
    from: '    if (this.#suspicions.size >= MANY_SUSPECTS && finding !== "refused") return;\n',
    to: "",
  },
  {
    name: "a verdict needs no proof that the judge can hear",
    rule: "A verdict needs proof that the judge can hear: an answer in time to a request of its own, of the last two periods",
    file: DETECTOR,
    from: "    if (this.#provenAtMs >= sinceMs) return true;\n",
    to: "    if (this.#provenAtMs <= now) return true;\n",
  },
  {
    name: "an answer from before a suspicion is proof",
    rule: "and all through the time that counts",
    file: DETECTOR,
    from: "const sinceMs = Math.max(this.#latelyMs(now), Math.min(startedAtMs, now - 1));",
    to: "const sinceMs = Math.min(this.#latelyMs(now), startedAtMs);",
  },
  {
    name: "time counts also while nobody answers",
    rule: "and all through the time that counts",
    file: DETECTOR,
    from: "    if (!this.#isSound(suspicion, now)) suspicion.soundSinceMs = now;\n    else if (!isConfirmed) {\n",
    to: "    if (!isConfirmed) {\n",
  },
  {
    name: "who hears nobody suspects all",
    rule: "One that hears nobody suspects at most eight, asks others, and convicts none",
    file: DETECTOR,
    from: "    if (this.#suspicions.size >= FEW_SUSPECTS && isInDoubt) return;\n",
    to: "",
  },
  {
    name: "who hears nobody asks nobody",
    rule: "suspects at most eight, asks others",
    file: DETECTOR,
    from: "    this.#checkOurselves(now);\n",
    to: "",
  },
  {
    name: "who hears nobody lists all for ever",
    rule: "after 60 periods of perfect silence it stops listing them",
    file: TIMING,
    from: "isolationMs: 60 * pingPeriodMs,",
    to: "isolationMs: 60_000 * pingPeriodMs,",
  },
  {
    name: "who hears nobody tells all that they have failed",
    rule: "and that is not told to anyone",
    file: DETECTOR,
    from: "      setOutOfReach(suspicion.address, now);\n",
    to: '      this.#context.convict(suspicion.address, "silence", true, now);\n',
  },
  {
    name: "with one or two others silence is doubted for as long",
    rule: "with one or two others, after eight periods",
    file: DETECTOR,
    from: "const FEW_OTHERS = 2;",
    to: "const FEW_OTHERS = 0;",
  },
  {
    name: "who saw that the fault is its own counts on",
    rule: "Nor does time count, while fewer than most watchers agree, before the last sign that the fault is its own",
    file: DETECTOR,
    from: "      suspicion.soundSinceMs = Math.max(suspicion.soundSinceMs, this.#faultAtMs);\n",
    to: "",
  },
  {
    name: "a stall of one's own process is not noticed",
    rule: "When this process stood still, which shows in its timers being late, that time counts for nothing.",
    file: CORE,
    from: "    if (lateMs < STALL_MS) return;\n",
    to: "    if (lateMs < Number.POSITIVE_INFINITY) return;\n",
    isInTable: true,
  },
  {
    name: "local health does not stretch timeouts",
    rule: "and stretches all timeouts",
    file: HEALTH,
    from: "    return 1 + this.#score;\n",
    to: "    return 1 + 0 * this.#score;\n",
  },
  {
    name: "local health does not get better",
    rule: "falls with every answer in time",
    file: HEALTH,
    from: "    this.#score = Math.max(0, this.#score - 1);\n",
    to: "    this.#score = Math.max(0, this.#score - 0);\n",
  },
  {
    name: "local health does not get worse",
    rule: "rises with every late answer, with every suspect that others reach and with every stop",
    file: HEALTH,
    from: "    this.#score = Math.min(WORST, this.#score + 1);\n",
    to: "    this.#score = Math.min(WORST, this.#score + 0);\n",
  },
  {
    name: "local health gets worse without end",
    rule: "Local health, from 0 to 8",
    file: HEALTH,
    from: "const WORST = 8;",
    to: "const WORST = 1_000_000;",
  },
  {
    name: "who is held as failed accuses others",
    rule: "And who is itself said to have failed accuses nobody.",
    file: CORE,
    from: "isAccused: () => this.#standing.isAccused,",
    to: "isAccused: () => false,",
  },
  {
    name: "no refutation",
    rule: "It raises its incarnation once most of its watchers answer it in time",
    file: CORE,
    from: "setOwn: (record: MemberRecord, now: number) => this.#news.tell(record, now),",
    to: "setOwn: () => {},",
    isInTable: true,
  },
  {
    name: "the accused is not told when it links",
    rule: "The accused hears of a verdict from the collector, from the first peer that it links to, or by an exchange.",
    file: CORE,
    from: "    if (held !== undefined && isTold) this.#news.tellEntry(link, held);\n",
    to: "",
  },
  {
    name: "the accused is not told by who gave it up",
    rule: "The accused hears of a verdict from the collector",
    file: CORE,
    from: "    if (entry !== undefined) this.#news.tellEntry(link, entry);\n    if (link.isOutbound)",
    to: "    if (link.isOutbound)",
  },
  {
    name: "one answer is enough to come back",
    rule: "It raises its incarnation once most of its watchers answer it in time",
    file: STANDING,
    from: "    if (2 * timely.size > asked && this.#probation.onRound(true, now)) this.#rise(now);\n",
    to: "    if (asked >= 0 && this.#probation.onRound(true, now)) this.#rise(now);\n",
  },
  {
    name: "who failed time and again comes back at once",
    rule: "at once the first time, and after 10, 20, 40 … 300 s of that with each further failure within ten minutes",
    file: PROBATION,
    from: "      repeated === 0 ? 0 :",
    to: "      repeated >= 0 ? 0 :",
  },
  {
    name: "who failed once comes back as late as who failed twice",
    rule: "at once the first time",
    file: PROBATION,
    from: "      repeated === 0 ? 0 :",
    to: "      repeated < 0 ? 0 :",
  },
  {
    name: "the way back takes ever longer, without end",
    rule: "10, 20, 40 … 300 s",
    file: TIMING,
    from: "export const MAX_PROBATION_MS = 300_000;",
    to: "export const MAX_PROBATION_MS = Number.POSITIVE_INFINITY;",
  },
  {
    name: "failures count for ever",
    rule: "with each further failure within ten minutes",
    file: TIMING,
    from: "export const PROBATION_MEMORY_MS = 10 * 60_000;",
    to: "export const PROBATION_MEMORY_MS = Number.POSITIVE_INFINITY;",
  },
  {
    name: "what one watcher says is a failure",
    rule: "A failure counts when two of its watchers hold it and say so",
    file: STANDING,
    from: "const MANY_HOLD = 2;",
    to: "const MANY_HOLD = 1;",
  },
  {
    name: "a failure that the accused saw itself does not count",
    rule: "or when it saw so itself, most of its own probes to listed members having gone unanswered in the last fifteen seconds",
    file: STANDING,
    from: "    if (this.#isInTrouble(now)) this.#count(now);\n",
    to: "",
  },
]);
