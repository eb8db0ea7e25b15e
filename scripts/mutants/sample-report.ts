// The part of docs/MUTANTS.md about the sample: its figures, and the survivors with their class.

import { markdownTable } from "../../bench/section.js";
import { CLASSES, SURVIVORS } from "../../test/mutants/survivors.js";
import { killersOf } from "./measure.js";
import type { SampleMeasured } from "./measure-sample.js";
import { escaped, inPercent, measuredBy, summaryOf } from "./report.js";

/** The lines of that part. */
export function sampleMarkdown({ rows, results, total }: SampleMeasured): string[] {
  const { command, withoutMutant } = results.conditions;
  const folders = ["src/core/native", "src/core", "src/wire"].map((folder) => {
    const own = rows.filter(({ place }) => place.slice(0, place.lastIndexOf("/")) === folder);
    const killed = own.filter(({ measured }) => killersOf(measured).length > 0);
    return [folder, `${own.length}`, `${killed.length} (${inPercent(killed.length, own.length)})`];
  });
  const classes = CLASSES.map((name) => {
    const count = SURVIVORS.filter((survivor) => survivor.type === name).length;
    return [name, `${count}`];
  });
  const survivors = SURVIVORS.map(({ file, from, to, type, why }) => [
    escaped(file),
    `\`${escaped(changeOf(from, to))}\``,
    type,
    escaped(why),
  ]);
  return [
    ...measuredBy(command, withoutMutant),
    `Drawn from ${total} mutants. ${summaryOf(rows.map(({ measured }) => measured)).join("")}`,
    "",
    ...markdownTable(["folder", "mutants", "killed"], folders),
    "",
    ...markdownTable(["class of survivors", "how many"], classes),
    "",
    ...markdownTable(["file", "change", "class", "why"], survivors),
  ];
}

/** The last line that differs, before and after. */
function changeOf(from: string, to: string): string {
  const [before, after] = [from.split("\n"), to.split("\n")];
  const index = before.findIndex((line, at) => line !== after[at]);
  return `${before[index]?.trim() ?? ""} → ${after[index]?.trim() ?? ""}`.replaceAll("`", "'");
}
