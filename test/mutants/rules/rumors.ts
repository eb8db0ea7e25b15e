// Rules broken: how a change goes round.

import { rulesOf } from "../rule-mutant.js";

const NEWS = "src/core/native/news.ts";
const QUEUE = "src/core/native/rumor-queue.ts";
const OWN_MEMBER = "src/core/native/own-member.ts";

export const RUMORS = rulesOf("ALGORITHM", [
  {
    name: "nobody passes on what it hears",
    rule: "A change goes out on the next turn over all overlay links but those it came by, once",
    file: NEWS,
    from: "    rumors.add(isAsSent ? sent : wholeRecord(merged), from, false, now);\n",
    to: "",
  },
  {
    name: "a change waits for a second before it goes out",
    rule: "A change goes out on the next turn",
    file: QUEUE,
    from: "    this.#flushAtMs ??= Math.max(now, this.#flushedAtMs + RUMOR_FLUSH_MS);\n",
    to: "    this.#flushAtMs ??= Math.max(now + 1_000, this.#flushedAtMs + RUMOR_FLUSH_MS);\n",
  },
  {
    name: "under load a change waits for long",
    rule: "Under load several share a frame, for up to two milliseconds.",
    file: "src/core/native/native-timing.ts",
    from: "export const RUMOR_FLUSH_MS = 2;",
    to: "export const RUMOR_FLUSH_MS = 2_000;",
  },
  {
    name: "a change goes back to where it came from",
    rule: "over all overlay links but those it came by",
    file: QUEUE,
    from: "    const knownBy = new Set(first ? [] : [from]);\n",
    to: "    const knownBy = new Set<string>();\n",
  },
  {
    name: "a change goes back to who told of it meanwhile",
    rule: "What comes in meanwhile by another link is not sent back there.",
    file: NEWS,
    from: "      rumors.noteKnown(record.address, from);\n",
    to: "",
  },
  {
    name: "an update carries all keys",
    rule: "An update of metadata carries the changed keys alone, with the version that they build on",
    file: OWN_MEMBER,
    from: "  const sent = { ...record, metadata: changed, sinceVersion: own.version, deletedKeys };\n",
    to: "  const sent = wholeRecord(record);\n",
  },
  {
    name: "an update leaves out that keys were deleted",
    rule: "An update of metadata carries the changed keys alone",
    file: OWN_MEMBER,
    from: "  for (const key of deletedKeys) metadata.delete(key);\n",
    to: "",
  },
  {
    name: "an update is put on whatever version there is",
    rule: "who does not hold that version asks for the whole",
    file: OWN_MEMBER,
    from: "  if (held.version < sinceVersion) return undefined;\n",
    to: "",
  },
  {
    name: "nobody asks for the whole of an update that it cannot read",
    rule: "who does not hold that version asks for the whole",
    file: NEWS,
    from: "    if (record === undefined) return askForWhole(link, from, now);\n",
    to: "    if (record === undefined) return;\n",
  },
  {
    name: "in a full mesh all pass everything on",
    rule: "In a full mesh, of up to nine, only the originator sends",
    file: NEWS,
    from: 'roster.liveCount <= FULL_MESH_MEMBERS && first && record.verdict !== "left";',
    to: "roster.liveCount === 0 && first;",
  },
  {
    name: "in a full mesh nobody passes on that one leaves",
    rule: "that it leaves, the others pass on all the same",
    file: NEWS,
    from: 'roster.liveCount <= FULL_MESH_MEMBERS && first && record.verdict !== "left";',
    to: "roster.liveCount <= FULL_MESH_MEMBERS && first;",
  },
  {
    name: "the time for which a rumor was kept does not count",
    rule: "Who hands it on adds the time for which it kept it",
    file: QUEUE,
    from: "return ageMs === undefined ? undefined : ageMs + Math.max(0, now - addedAtMs);",
    to: "return addedAtMs > now ? undefined : ageMs;",
  },
  {
    name: "the way of a rumor does not count",
    rule: "and who receives it half of the latest round trip of that link, as it measured it itself",
    file: NEWS,
    from: "const ageMs = sentAgeMs + roundTripMs / 2;",
    to: "const ageMs = sentAgeMs;",
  },
  {
    name: "an age that nobody knows is taken for none",
    rule: "What nobody knows is not made up",
    file: QUEUE,
    from: "    const ageMs = first ? 0 : undefined;\n",
    to: "    const ageMs = 0;\n",
  },
  {
    name: "a farewell goes to neighbours alone",
    rule: "A farewell goes over every link, and not over those of the overlay alone",
    file: "src/core/native/native-core.ts",
    from: "    this.#news.flushTo(this.#links.readyAddresses(), now);\n",
    to: "    this.#news.flush(now);\n",
  },
  {
    name: "who leaves ends without passing on",
    rule: "Who leaves passes on what it hears before it ends",
    file: "src/core/native/native-core.ts",
    from: '    this.#news.flush(this.#now);\n    this.#effects.push({ type: "leave-ended"',
    to: '    this.#effects.push({ type: "leave-ended"',
  },
  {
    name: "who leaves waits for those that leave too",
    rule: "does not wait for those that leave as well",
    file: "src/core/native/native-core.ts",
    from: '    if (after?.verdict !== "live") this.#departure.onGone(address);\n',
    to: "",
  },
  {
    name: "a watcher keeps for itself that one left",
    rule: "A watcher that is asked about one that left says so.",
    file: "src/core/native/detector.ts",
    from: '    if (entry !== undefined && record.verdict === "left") this.#context.tellEntry(link, entry);\n',
    to: "",
  },
]);
