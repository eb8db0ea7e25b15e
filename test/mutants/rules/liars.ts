// Rules broken: what a member that lies can do.

import { rulesOf } from "../rule-mutant.js";

const CORE = "src/core/native/native-core.ts";
const CREDIT = "src/core/native/credit.ts";
const NEWS = "src/core/native/news.ts";

export const LIARS = rulesOf("ALGORITHM", [
  {
    name: "that a member which answers us is gone is believed",
    rule: "such a word is an accusation all the same where one watches the member, or has heard it by a link within two periods",
    file: NEWS,
    from: "if (isAnswering(record.address) || roster.live(from) === undefined) return true;",
    to: "if (roster.live(from) === undefined) return true;",
  },
  {
    name: "a member that is suspected is defended all the same",
    rule: "and it was neither suspected nor found to answer too rarely",
    file: CORE,
    from: "if (link === undefined || isHung(link) || !this.#detector.isTrusted(address)) return false;",
    to: "if (link === undefined || isHung(link)) return false;",
  },
  {
    name: "who is no member is believed on others",
    rule: "where its teller is no listed member",
    file: NEWS,
    from: "if (isAnswering(record.address) || roster.live(from) === undefined) return true;",
    to: "if (isAnswering(record.address)) return true;",
  },
  {
    name: "that a live member is forgotten is believed at once",
    rule: "where it is `forgotten` or of a boot that is not known yet",
    file: NEWS,
    from: 'if (record.verdict === "forgotten" || record.generation !== listed.generation) return true;',
    to: "if (record.generation !== listed.generation) return true;",
  },
  {
    name: "that a boot failed which nobody heard of is believed at once",
    rule: "or of a boot that is not known yet",
    file: NEWS,
    from: 'if (record.verdict === "forgotten" || record.generation !== listed.generation) return true;',
    to: 'if (record.verdict === "forgotten") return true;',
  },
  {
    name: "who was wrong time and again is believed at once",
    rule: "whoever told of `maxRefutedVerdicts` (4) verdicts in ten minutes that their subjects contradicted",
    file: CREDIT,
    from: "    return this.#lately(from, now).length >= this.#limit;\n",
    to: "    return this.#lately(from, now).length > this.#limit;\n",
  },
  {
    name: "that a member left is believed of all at once",
    rule: "That a member left is believed at once of itself alone, under the same rule.",
    file: NEWS,
    from: 'if (listed === undefined || record.verdict === "live") return undefined;',
    to: 'if (listed === undefined || record.verdict === "live" || record.verdict === "left") return undefined;',
  },
  {
    name: "that a member leaves is not believed of itself",
    rule: "That a member left is believed at once of itself alone",
    file: NEWS,
    from: "if (listed !== undefined && from !== record.address) {",
    to: 'if (listed !== undefined && (from !== record.address || record.verdict === "left")) {',
  },
  {
    name: "any number of failure reports of one teller waits",
    rule: "Accusations of one teller that wait are bounded",
    file: "src/core/native/accusations.ts",
    from: '    if (from !== undefined && (this.#counts.get(from) ?? 0) >= this.#limit) return "too-many";\n',
    to: "",
  },
  {
    name: "one link may ask anything",
    rule: "and so are the questions that one link may ask (`maxRequestsPerSecond`)",
    file: CORE,
    from: "    if (this.#requestRates.take(id, records, now)) return false;\n",
    to: "    if (this.#requestRates.take(id, records, now) || now >= 0) return false;\n",
  },
]);
