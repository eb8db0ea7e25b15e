// Rules broken: links, and the overlay of them.

import { rulesOf } from "../rule-mutant.js";

const CARE = "src/core/native/link-care.ts";
const TABLE = "src/core/native/link-table.ts";
const INQUIRIES = "src/core/native/link-inquiries.ts";
const OVERLAY = "src/core/native/overlay.ts";
const RINGS = "src/core/native/rings.ts";
const ROSTER = "src/core/native/roster.ts";
const TIMING = "src/core/native/native-timing.ts";

export const LINKS = rulesOf("ALGORITHM", [
  {
    name: "a peer of another cluster is let in",
    rule: "A peer of another cluster is refused with the reason.",
    file: "src/core/native/hello.ts",
    from: "  if (cluster !== ownCluster) {\n",
    to: '  if (cluster !== ownCluster && cluster === "") {\n',
  },
  {
    name: "a second link to one peer stays",
    rule: "Of two links between one pair the one that the smaller id dialled is used; the other is closed by the side that opened it",
    file: CARE,
    from: "    links.isSuperfluous(link) &&\n    now - link.openedAtMs",
    to: "    links.isSuperfluous(link) &&\n    now - Number.POSITIVE_INFINITY",
  },
  {
    name: "each side uses the link that it dialled itself",
    rule: "the one that the smaller id dialled is used",
    file: TABLE,
    from: 'return link.isOutbound === this.#own < (link.address ?? "");',
    to: "return link.isOutbound;",
  },
  {
    name: "a link that nobody needs stays",
    rule: "as is one that nobody needs for 10 s",
    file: CARE,
    from: "const isUnneeded = !neighbours.has(link.address) && now - link.usedAtMs > IDLE_LINK_MS;",
    to: "const isUnneeded = false;",
  },
  {
    name: "a link that nobody needs at the moment is closed at once",
    rule: "as is one that nobody needs for 10 s",
    file: TIMING,
    from: "export const IDLE_LINK_MS = 10_000;",
    to: "export const IDLE_LINK_MS = 0;",
  },
  {
    name: "a newcomer waits until others dial it",
    rule: "A newcomer dials its neighbours.",
    file: OVERLAY,
    from: "if (now - this.#startedAtMs < NEWCOMER_MS) return 0;",
    to: "if (now - this.#startedAtMs < NEWCOMER_MS) return NEWCOMER_MS;",
  },
  {
    name: "two that learn of each other both dial",
    rule: "Of two that learn of each other at the same time the smaller id dials, and the other after a second.",
    file: OVERLAY,
    from: "return roster.own.address < address && !isNewcomer ? 0 : LINK_PATIENCE_MS;",
    to: "return isNewcomer ? LINK_PATIENCE_MS : 0;",
  },
  {
    name: "the larger id never dials",
    rule: "and the other after a second",
    file: OVERLAY,
    from: "return roster.own.address < address && !isNewcomer ? 0 : LINK_PATIENCE_MS;",
    to: "return roster.own.address < address && !isNewcomer ? 0 : Number.POSITIVE_INFINITY;",
  },
  {
    name: "any number of links a second is opened for the overlay",
    rule: "At most one link a second is opened for the overlay",
    file: TIMING,
    from: "export const OVERLAY_LINKS_PER_SECOND = 1;",
    to: "export const OVERLAY_LINKS_PER_SECOND = 1_000;",
  },
  {
    name: "links to those who do not answer count against the rate",
    rule: "One to a member that turned out not to answer is not counted.",
    file: OVERLAY,
    from: "      if (!roster.isEligible(address)) this.#rate.giveBack();\n",
    to: "",
  },
  {
    name: "a link that hangs is kept",
    rule: "A link on which nothing comes back while others do is replaced by a fresh one",
    file: TABLE,
    from: "const HUNG_PROBES = 2;",
    to: "const HUNG_PROBES = 1_000_000;",
  },
  {
    name: "any number of peers is asked for its links at once",
    rule: "16 members at once, over links opened for it at 20 a second, each closed with the answer",
    file: INQUIRIES,
    from: "      if (asked >= MAX_LINK_INQUIRIES) return;\n",
    to: "",
  },
  {
    name: "any number of links a second is opened to ask for links",
    rule: "over links opened for it at 20 a second",
    file: INQUIRIES,
    from: "      if (this.#rate.take(now)) return true;\n",
    to: "      if (this.#rate.take(now) || now > 0) return true;\n",
  },
  {
    name: "a link that was opened to ask for links stays",
    rule: "each closed with the answer",
    file: INQUIRIES,
    from: '    if (isTemporary && !isNeeded) this.#context.close(link, "no longer needed");\n',
    to: "",
  },
  {
    name: "there is one ring",
    rule: "Every address has a place on each of four rings, by its hash",
    file: RINGS,
    from: "export const RING_COUNT = 4;",
    to: "export const RING_COUNT = 1;",
  },
  {
    name: "nobody links to the member before it",
    rule: "A peer links to the member before it and the member after it on each",
    file: RINGS,
    from: "      if (before !== undefined) addresses.add(before.address);\n",
    to: "",
  },
  {
    name: "all link to all, however many they are",
    rule: "eight links, in any cluster of more than nine",
    file: RINGS,
    from: "export const FULL_MESH_MEMBERS = 2 * RING_COUNT + 1;",
    to: "export const FULL_MESH_MEMBERS = 1_000_000;",
  },
  {
    name: "peers do not agree on who watches whom",
    rule: "Everyone agrees who watches whom as soon as their lists agree",
    file: ROSTER,
    from: "    const search = new NeighbourSearch(around);\n",
    to: "    const positions = around.positions.toReversed();\n    const isOwn = around.address === this.#own;\n    const search = new NeighbourSearch(isOwn ? around : { ...around, positions });\n",
  },
  {
    name: "suspected members are watchers all the same",
    rule: "Suspected members are passed over, so that those behind them are watched at once, and a watcher that is itself in doubt has no vote.",
    file: ROSTER,
    from: "  return isListed(entry) && !entry.isSuspected;\n",
    to: "  return isListed(entry);\n",
  },
  {
    name: "links to a process of before stay",
    rule: "A link to a process that no longer runs at that address, as the hello or the record of a later boot shows, is closed",
    file: "src/core/native/link-table.ts",
    from: "return links.filter((link) => link.isReady && link.generation < generation);",
    to: "return links.filter((link) => link.isReady && link.generation > generation);",
  },
]);
