// Rules broken: the exchange of a period, and how two lists are made equal.

import { rulesOf } from "../rule-mutant.js";

const CONTACTS = "src/core/native/contacts.ts";
const CORE = "src/core/native/native-core.ts";
const EXCHANGES = "src/core/native/exchanges.ts";

export const EXCHANGE = rulesOf("ALGORITHM", [
  {
    name: "the exchange is with the neighbour that had one last",
    rule: "a peer probes the neighbour with which it had no exchange for longest",
    file: CONTACTS,
    from: "const address = this.#longestUntouched(neighbours, latest);",
    to: "const address = this.#longestUntouched(neighbours, (other) => -latest(other));",
  },
  {
    name: "no exchange is ever with others than neighbours",
    rule: "every sixtieth period the longest-untouched of all others, over a link made for it, so that in time everyone meets everyone",
    file: CORE,
    from: "      this.#periods % FAR_EXCHANGE_PERIODS === 0\n",
    to: "      this.#periods % FAR_EXCHANGE_PERIODS === -1\n",
  },
  {
    name: "exchanges begin together",
    rule: "once a ping period, at a random phase",
    file: CORE,
    from: "    this.#pingAtMs = now + random() * pingPeriodMs;\n",
    to: "    this.#pingAtMs = now + (1 + 0 * random()) * pingPeriodMs;\n",
  },
  {
    name: "no period is left out",
    rule: "So a peer leaves a period out in which no neighbour is due",
    file: CONTACTS,
    from: "    return isDue || isUnproven ? address : undefined;\n",
    to: "    return isDue || isUnproven || now > 0 ? address : undefined;\n",
  },
  {
    name: "a neighbour that begins exchanges is never probed",
    rule: "at the latest after two such rounds without an answer to a probe of our own, since what a neighbour sends us does not show that it hears us",
    file: CONTACTS,
    from: "    if (now - contactMs > OWN_ROUNDS * roundMs) return contactMs;\n",
    to: "",
  },
  {
    name: "a period is left out by who was not answered lately",
    rule: "Nor is a period left out when nobody answered us in the last one and a half",
    file: CONTACTS,
    from: "    return isDue || isUnproven ? address : undefined;\n",
    to: "    return isDue && (isDue || isUnproven) ? address : undefined;\n",
  },
  {
    name: "a newcomer has no exchanges beside its periods",
    rule: "A newcomer exchanges four times more within its first period, after a sixteenth, an eighth, a quarter and a half of it.",
    file: CORE,
    from: "    this.#catchUp = { atMs: now + (1 + random()) * waitMs, waitMs };\n",
    to: "    this.#catchUp = { atMs: Number.POSITIVE_INFINITY * (1 + random()), waitMs };\n",
  },
  {
    name: "the fingerprint leaves out what became of a member",
    rule: "A probe carries the **fingerprint** of all that the peer knows",
    file: "src/core/native/record-hash.ts",
    from: "const { address, generation, incarnation, version, verdict } = record;",
    to: 'const { address, generation, incarnation, version } = record;\n    const verdict = "live";',
  },
  {
    name: "the fingerprint leaves out the version",
    rule: "A probe carries the **fingerprint** of all that the peer knows",
    file: "src/core/native/record-hash.ts",
    from: "const { address, generation, incarnation, version, verdict } = record;",
    to: "const { address, generation, incarnation, verdict } = record;\n    const version = 0;",
  },
  {
    name: "the fingerprint keeps what was replaced",
    rule: "the sum of the records' 128-bit hashes, and their count, updated in constant time with each change",
    file: "src/core/native/roster.ts",
    from: "    if (before !== undefined) this.#sum.subtract(before);\n",
    to: "",
  },
  {
    name: "no difference is ever found",
    rule: "Otherwise the answer holds 64 coded symbols of a rateless invertible Bloom lookup table over the records' hashes",
    file: EXCHANGES,
    from: "fingerprint === undefined || sameFingerprint(fingerprint, roster.fingerprint)",
    to: "fingerprint === undefined || fingerprint.count >= 0",
  },
  {
    name: "the prober does not ask for what it lacks",
    rule: "asks for the records that it lacks",
    file: EXCHANGES,
    from: 'else send(link, { type: "records-request", seq, hashes: difference.theirs, all: false });',
    to: "else this.#finish(link, session);",
  },
  {
    name: "the prober does not give what the other lacks",
    rule: "and then gives those that the other lacks",
    file: EXCHANGES,
    from: "    if (lacking.length > 0) this.#sendRecords(link, 0, lacking);\n",
    to: "",
  },
  {
    name: "a sketch that is too short is the end of it",
    rule: "If 64 symbols are too few it asks for 256, and then for everything.",
    file: EXCHANGES,
    from: "    } else if (!session.hasAskedForMore) {\n",
    to: "    } else if (seq < 0) {\n",
  },
  {
    name: "lists that more symbols do not make equal stay apart",
    rule: "and then for everything",
    file: EXCHANGES,
    from: '      send(link, { type: "records-request", seq, hashes: [], all: true });\n',
    to: "      this.#sessions.delete(link.id);\n",
  },
  {
    name: "lists of very different lengths are compared by sketch",
    rule: "Lists whose lengths differ much are sent whole, compressed, at a bounded rate",
    file: EXCHANGES,
    from: "if (apart <= Math.max(1, Math.min(MAX_COUNT_DIFFERENCE, count / 4))) {",
    to: "if (apart <= Math.max(1_000_000, Math.min(MAX_COUNT_DIFFERENCE, count / 4))) {",
  },
  {
    name: "whole lists are sent at any rate",
    rule: "at a bounded rate; a peer beyond that rate names others instead",
    file: EXCHANGES,
    from: "const LIST_RECORDS_PER_SECOND = 50_000;",
    to: "const LIST_RECORDS_PER_SECOND = Number.MAX_SAFE_INTEGER;",
  },
  {
    name: "a peer beyond its rate names nobody",
    rule: "a peer beyond that rate names others instead",
    file: EXCHANGES,
    from: '    return { type: "busy", addresses };\n',
    to: '    return { type: "busy", addresses: addresses.slice(0, 0) };\n',
  },
  {
    name: "frames hold any number of bytes",
    rule: "What holds several records is cut by bytes as well as by number",
    file: "src/core/native/frame-batches.ts",
    from: "const isFull = index - begin >= mostRecords || bytes + recordBytes > FRAME_BYTES;",
    to: "const isFull = index - begin >= mostRecords;",
  },
]);
