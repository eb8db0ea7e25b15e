// Rules broken: how a cluster comes together, again and after a restart.

import { rulesOf } from "../rule-mutant.js";

const CORE = "src/core/native/native-core.ts";
const FORMER = "src/core/former-members.ts";
const SEEDS = "src/core/seed-list.ts";
const SNAPSHOT = "src/core/snapshot.ts";

export const HEALING = rulesOf("ALGORITHM", [
  {
    name: "a seed that does not answer is not dialled again",
    rule: "Seeds are dialled at once and for ever, as in the seed dialect.",
    file: SEEDS,
    from: "      entry.dueMs = now + backoffMs(entry.failures, SEED_BACKOFF, this.#random);\n",
    to: "      entry.dueMs = Number.POSITIVE_INFINITY;\n",
  },
  {
    name: "a seed is not dialled at once",
    rule: "Seeds are dialled at once",
    file: SEEDS,
    from: "      dueMs: now,\n      failures: 0,\n",
    to: "      dueMs: now + 5_000,\n      failures: 0,\n",
  },
  {
    name: "failed members are not dialled",
    rule: "Every 2 s a peer dials one failed member, drawn at random",
    file: CORE,
    from: "    if (address !== undefined && this.#random() < share) this.#dials.suggest(address, now);\n",
    to: "",
  },
  {
    name: "members that left are dialled",
    rule: "Every 2 s a peer dials one failed member",
    file: "src/core/native/roster.ts",
    from: 'if (this.get(address)?.record.verdict === "failed") failed.push(address);',
    to: 'if (this.get(address)?.record.verdict !== "forgotten") failed.push(address);',
  },
  {
    name: "all dial each failed member",
    rule: "so often that some eight of all peers dial each of them",
    file: "src/core/native/native-timing.ts",
    from: "export const RECONNECTING = 8;",
    to: "export const RECONNECTING = 8_000_000;",
  },
  {
    name: "a dial in vain is made again at once",
    rule: "with a back-off to 5 s",
    file: "src/core/dial-queue.ts",
    from: "    if (rest !== undefined && now < rest.untilMs) return undefined;\n",
    to: "",
  },
  {
    name: "what was kept does not raise the generation",
    rule: "Its next boot takes the greatest of its clock, that time, and the kept generation plus one as its generation",
    file: SNAPSHOT,
    from: "generation: Math.max(generation, snapshot.savedAt, snapshot.generation + 1),",
    to: "generation,",
  },
  {
    name: "what was kept does not raise the version",
    rule: "A peer with a `dataDir` keeps there whom it lists and who failed, its generation and version, and the time of day",
    file: SNAPSHOT,
    from: "version: Math.max(version, Math.min(snapshot.version + 1, HIGHEST_VERSION)),",
    to: "version,",
  },
  {
    name: "members that were kept are not looked for",
    rule: "It looks for those members as for the failed ones",
    file: SNAPSHOT,
    from: "    formerMembers: snapshot.members,\n",
    to: "    formerMembers: snapshot.members.slice(0, 0),\n",
  },
  {
    name: "who is not alone looks for as many former members",
    rule: "16 at random every 2 s while it is alone, then one",
    file: FORMER,
    from: "isAlone ? SOUGHT_ALONE : 1",
    to: "isAlone || left.length > 0 ? SOUGHT_ALONE : 1",
  },
  {
    name: "former members are looked for beyond their time",
    rule: "until each is known again or its time is over",
    file: FORMER,
    from: "if (untilMs <= now) this.delete(address);",
    to: "if (untilMs <= Number.NEGATIVE_INFINITY) this.delete(address);",
  },
  {
    name: "former members that are known again are looked for",
    rule: "until each is known again",
    file: CORE,
    from: "    if (after !== undefined) this.#former.delete(address);\n",
    to: "",
  },
]);
