// What the documents show: each block of TypeScript compiles, and each command is one that there is.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { program } from "../../src/cli/program.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const DOCUMENTS = [
  "README.md",
  ...["ADMIN", "CLI", "GUIDE", "METRICS", "SECURITY", "SIMULATOR"].map((name) => `docs/${name}.md`),
];

/** The blocks of code of that language. */
function blocksOf(document: string, language: string): string[] {
  const markdown = readFileSync(`${ROOT}${document}`, "utf8");
  const blocks = markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm);
  return Array.from(blocks).flatMap(([, of, text = ""]) => (of === language ? [text] : []));
}

const BLOCKS = new Map(
  DOCUMENTS.flatMap((document) => {
    return blocksOf(document, "ts").map((text, index) => {
      return [`${document}, block ${index + 1}`, text] as const;
    });
  }),
);

/** What the compiler says of each block, as if it stood beside the tests; an import of `Peer` goes without saying. */
function problemsOf(blocks: ReadonlyMap<string, string>): Map<string, string[]> {
  const { config } = ts.readConfigFile(`${ROOT}tsconfig.json`, ts.sys.readFile) as {
    readonly config: unknown;
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const host = ts.createCompilerHost(options);
  const nameOf = (title: string): string => `${ROOT}test/docs/${title.replace(/\W+/g, "-")}.ts`;
  const texts = new Map(
    Array.from(blocks, ([title, text]) => {
      const isWhole = /^import /m.test(text);
      return [nameOf(title), isWhole ? text : `import { Peer } from "gossip";\n${text}`];
    }),
  );
  const { getSourceFile, fileExists } = host;
  host.fileExists = (path) => texts.has(path) || fileExists(path);
  host.getSourceFile = (path, version, ...rest) => {
    const text = texts.get(path);
    if (text === undefined) return getSourceFile(path, version, ...rest);
    return ts.createSourceFile(path, text, version);
  };
  const compiled = ts.createProgram([...texts.keys()], options, host);
  return new Map(
    Array.from(blocks.keys(), (title) => {
      const file = compiled.getSourceFile(nameOf(title));
      const found = [
        ...compiled.getSyntacticDiagnostics(file),
        ...compiled.getSemanticDiagnostics(file),
      ];
      const said = found.map((one) => ts.flattenDiagnosticMessageText(one.messageText, " "));
      return [title, said];
    }),
  );
}

test("each block of TypeScript compiles", { timeout: 120_000 }, () => {
  expect(BLOCKS.size).toBeGreaterThan(5);
  const problems = problemsOf(BLOCKS);
  expect([...problems].filter(([, said]) => said.length > 0)).toEqual([]);
});

/** The commands of `gossip` that a block of a shell holds, each as its words. */
function commandsOf(document: string): string[][] {
  const lines = blocksOf(document, "sh").flatMap((block) => {
    return block.replaceAll("\\\n", " ").split("\n");
  });
  const given = lines.map((line) => {
    return /(?:^|\s)(?:npx )?gossip (.+)/.exec(line.replace(/\s#.*$/, ""))?.[1] ?? "<none>";
  });
  // A line with `<name>` says how a command is written, and docs/CLI.md's are held to the tree elsewhere.
  return given
    .filter((rest) => !rest.includes("<"))
    .map((rest) => wordsOf(rest.split(/\s(?:\||>|&&?|;)(?:\s|$)/)[0] ?? ""));
}

/** As a shell cuts them, with what stands in quotes kept together. */
function wordsOf(line: string): string[] {
  const words = line.match(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g) ?? [];
  return words.map((word) => word.replace(/["']/g, ""));
}

/** The program, of which no command does anything. */
function idleProgram(): Command {
  const root = program();
  const idle = (command: Command): void => {
    command.exitOverride().configureOutput({ writeErr: () => {}, writeOut: () => {} });
    if (command.commands.length === 0) command.action(() => {});
    for (const each of command.commands) idle(each);
  };
  idle(root);
  return root;
}

describe.each(DOCUMENTS.filter((name) => commandsOf(name).length > 0))("%s", (document) => {
  const commands = commandsOf(document);

  test.each(commands.map((words) => [words.join(" "), words] as const))(
    "shows a command that there is: gossip %s",
    async (_, words) => {
      await expect(idleProgram().parseAsync(words, { from: "user" })).resolves.toBeDefined();
    },
  );
});

test("the documents show commands", () => {
  expect(DOCUMENTS.flatMap(commandsOf).length).toBeGreaterThan(20);
});
