// Light or dark: as the system says, unless a person chose one here.

import { signal } from "@preact/signals";

/** What a person can choose. */
export type Theme = "system" | "light" | "dark";

const KEY = "gossip-theme";

/** What was chosen. */
const theme = signal<Theme>(stored());

/** Whether dark colours show at present: what is drawn on a canvas has to know. */
export const isDark = signal(false);

function stored(): Theme {
  try {
    const value = localStorage.getItem(KEY);
    return value === "light" || value === "dark" ? value : "system";
  } catch {
    // A page without storage follows the system.
    return "system";
  }
}

/** Follows the choice, and the system, from now on. */
export function followTheme(): void {
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const apply = (): void => {
    const chosen = theme.value;
    isDark.value = chosen === "system" ? system.matches : chosen === "dark";
    document.documentElement.dataset["theme"] = isDark.value ? "dark" : "light";
  };
  system.addEventListener("change", apply);
  theme.subscribe(apply);
}

/** Chooses, and keeps the choice for the next visit. */
export function chooseTheme(chosen: Theme): void {
  theme.value = chosen;
  try {
    localStorage.setItem(KEY, chosen);
  } catch {
    // It holds for this visit.
  }
}
