// The list of rule mutants is sound: each applies, is still a program, and breaks a rule that is stated;
// and no paragraph of rules, and no limit, is without one.

import { readFileSync } from "node:fs";
import { transformSync } from "esbuild";
import { DEFAULT_LIMITS } from "gossip";
import { describe, expect, test } from "vitest";
import { patched } from "../../scripts/mutants/patch.js";
import type { RuleDocument } from "./rule-mutant.js";
import { RULE_MUTANTS } from "./rule-mutants.js";

const ROOT = new URL("../../", import.meta.url);

function read(file: string): string {
  return readFileSync(new URL(file, ROOT), "utf8");
}

/** In one line, as sentences are quoted. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, " ");
}

function javascriptOf(typescript: string): string {
  return transformSync(typescript, { loader: "ts" }).code;
}

const DOCUMENTS: Readonly<Record<RuleDocument, string>> = {
  ALGORITHM: read("docs/ALGORITHM.md"),
  "SEED-DIALECT": read("docs/SEED-DIALECT.md"),
  LIMITS: read("docs/LIMITS.md"),
};

describe("the rule mutants", () => {
  test("are as many as there are rules and bounds, each with a name of its own", () => {
    expect(RULE_MUTANTS.length).toBeGreaterThanOrEqual(85);
    const names = new Set(RULE_MUTANTS.map(({ name }) => name));
    expect(names.size).toBe(RULE_MUTANTS.length);
  });

  test.each(RULE_MUTANTS)("$name", (mutant) => {
    const { document, rule, file } = mutant;
    expect(oneLine(DOCUMENTS[document])).toContain(rule);
    const text = read(file);
    // Another program, and not another comment.
    expect(javascriptOf(patched(text, mutant))).not.toBe(javascriptOf(text));
  });
});

/** Paragraphs that tell why, or of what, and not what a peer does; by how they begin. */
const TELLING: Readonly<Record<"ALGORITHM" | "SEED-DIALECT", readonly string[]>> = {
  ALGORITHM: [
    "What a peer does, and why",
    "Figures are of",
    // Of the transport, where test/transport tests it.
    "A reader that is more than `maxUnsentBytes` behind",
    "There is no retransmission",
    "`npm run bench:difference` measures",
    "Few differences are the rule",
    "What the parameters were settled by:",
    // What is promised is what the checkers of random runs hold every mutant to.
    "What `gossip simulate` holds every random run to",
    "| what happens",
    "A suspicion with the confirmation of most watchers lasts",
    // Their rules are those of docs/SEED-DIALECT.md.
    "They are members as all others",
    "Everything that grows with what others send is bounded",
  ],
  "SEED-DIALECT": [
    "The protocol of the original Go program",
    // Of the peer around the core, where test/interop and test/security test it.
    "The dialect has no place for a cluster name",
    "The original believes every record",
    "**Relayed** is all else",
    // maxExchanges, among the bounds; and a random phase as in the native protocol.
    "The first period begins at a random phase.",
    "More than one write a second",
    "Nobody but its owner ever sends a deleted record.",
    "How an original behaves",
    "What is withheld from an answer still travels",
    "Everything that grows with what others send is bounded",
  ],
};

/** The paragraphs and tables of a document, but for headings and the table that sums it up. */
function paragraphsOf(document: keyof typeof TELLING): string[] {
  const [head = "", ...sections] = DOCUMENTS[document].split(/^## /m);
  const rules = sections.filter((section) => !section.startsWith("In short"));
  return [head.replace(/^# .*\n/, ""), ...rules.map((section) => section.replace(/.*\n/, ""))]
    .flatMap((section) => section.split(/\n\n+/))
    .map((paragraph) => oneLine(paragraph).trim())
    .filter((paragraph) => paragraph !== "" && !isFigures(paragraph));
}

function isFigures(paragraph: string): boolean {
  return paragraph.startsWith("| members") || paragraph.startsWith("| choice");
}

describe.each(["ALGORITHM", "SEED-DIALECT"] as const)("docs/%s.md", (document) => {
  test("has no paragraph of rules of which none is broken by a mutant", () => {
    const mutants = RULE_MUTANTS.filter((mutant) => mutant.document === document);
    const unbroken = paragraphsOf(document).filter(
      (paragraph) =>
        !mutants.some(({ rule }) => paragraph.includes(rule)) &&
        !TELLING[document].some((beginning) => paragraph.startsWith(beginning)),
    );
    expect(unbroken).toEqual([]);
  });

  test("has all paragraphs that are said to tell no rule", () => {
    const paragraphs = paragraphsOf(document);
    for (const beginning of TELLING[document]) {
      expect(paragraphs.filter((paragraph) => paragraph.startsWith(beginning))).toHaveLength(1);
    }
  });
});

/** Limits that are kept by what is around the core: the codec, the transport and the peer. */
const AROUND_THE_CORE: readonly (keyof typeof DEFAULT_LIMITS)[] = [
  "maxRecordsPerCall",
  "maxNameBytes",
  "maxAddressLength",
  "maxConnections",
  "maxInboundConnections",
  "maxHandshakes",
  "maxUnsentBytes",
  "maxMetadataKeys",
  "maxMetadataBytes",
  "maxMetadataKeyBytes",
  "maxMessageBytes",
  "maxCallsPerConnection",
  "maxCallsPerSecond",
  "maxFramesPerSecond",
  "maxQueuedEvents",
];

test("each limit that the core keeps is taken away by a mutant, and no other is", () => {
  const broken = Object.keys(DEFAULT_LIMITS).filter((limit) =>
    RULE_MUTANTS.some(({ rule }) => rule.includes(`\`${limit}\``)),
  );
  const kept = Object.keys(DEFAULT_LIMITS).filter(
    (limit) => !AROUND_THE_CORE.some((other) => other === limit),
  );
  expect(broken).toEqual(kept);
});
