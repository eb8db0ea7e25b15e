// The colours of the style sheet, for what is drawn on a canvas.

import { computed } from "@preact/signals";
import { isDark } from "../model/theme.js";

/** The colours that canvases use. */
export interface Palette {
  readonly surface: string;
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly link: string;
  readonly linkFaint: string;
  readonly accent: string;
  readonly live: string;
  readonly suspected: string;
  readonly failed: string;
  readonly left: string;
  readonly updated: string;
  readonly series: readonly string[];
}

/** The colours at present; they change with the theme. */
export const palette = computed<Palette>(() => {
  // Read for the sake of being told of a change.
  isDark.value;
  const style = getComputedStyle(document.documentElement);
  const color = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    surface: color("surface"),
    text: color("text"),
    muted: color("muted"),
    line: color("line"),
    link: color("link-line"),
    linkFaint: color("link-faint"),
    accent: color("accent"),
    live: color("node-live"),
    suspected: color("node-suspected"),
    failed: color("node-failed"),
    left: color("node-left"),
    updated: color("updated"),
    series: [1, 2, 3, 4].map((index) => color(`series-${index}`)),
  };
});
