// Reading the Markdown of the documents.

/**
 * The rows of the Markdown tables whose first column is headed by `heading`, as their cells without
 * the marks of code.
 */
export function tableRows(markdown: string, heading: string): string[][] {
  const rows: string[][] = [];
  let isWanted = false;
  let isHead = true;
  for (const line of markdown.split("\n")) {
    if (!line.startsWith("|")) {
      isHead = true;
      continue;
    }
    const cells = line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.replaceAll("`", "").trim());
    if (isHead) {
      isWanted = cells[0] === heading;
      isHead = false;
    } else if (isWanted && !/^[\s|:-]+$/.test(line)) {
      rows.push(cells);
    }
  }
  return rows;
}

/** What stands under the heading of that name, up to the next one. */
export function sectionOf(markdown: string, heading: string): string {
  const [, ...after] = markdown.split(`\n## ${heading}\n`);
  return after.join("").split("\n## ", 1)[0] ?? "";
}
