// What a person does in the page, one thing after another, and how long it takes until it is painted.

import type { Page } from "playwright-core";

/** Something that a person does. */
export interface Interaction {
  readonly name: string;
  /** The view in which it is done. */
  readonly view: string;
  /** What stands in the view once it is there. */
  readonly ready: string;
  /** Does it, in the page. */
  readonly act: () => void;
}

const MEMBERS = { view: "#/members", ready: "tr[data-address]" } as const;

/** All that is measured. */
export const INTERACTIONS: readonly Interaction[] = [
  {
    name: "a search is typed",
    ...MEMBERS,
    act: () => {
      const field = document.querySelector<HTMLInputElement>("input[type=search]");
      if (field === null) throw new Error("no field");
      field.value = field.value === "" ? "web oslo" : "";
      field.dispatchEvent(new Event("input", { bubbles: true }));
    },
  },
  {
    name: "the table is sorted by round trip",
    ...MEMBERS,
    act: () => document.querySelector<HTMLElement>(".column-roundTrip .sort")?.click(),
  },
  {
    name: "the table is sorted by name",
    ...MEMBERS,
    act: () => document.querySelector<HTMLElement>(".column-name .sort")?.click(),
  },
  {
    name: "live members are shown, then all",
    ...MEMBERS,
    act: () => document.querySelector<HTMLElement>(".count.is-live")?.click(),
  },
  {
    name: "the table is scrolled to its middle",
    ...MEMBERS,
    act: () => {
      const box = document.querySelector<HTMLElement>(".table-box");
      if (box !== null) box.scrollTop = box.scrollTop > 0 ? 0 : box.scrollHeight / 2;
    },
  },
  {
    name: "a member's page is opened",
    ...MEMBERS,
    act: () => document.querySelector<HTMLElement>("a.member-name")?.click(),
  },
  {
    name: "the timeline is opened",
    ...MEMBERS,
    act: () => document.querySelector<HTMLElement>("a.place[href='#/timeline']")?.click(),
  },
  {
    name: "the matrix is opened",
    ...MEMBERS,
    act: () => document.querySelector<HTMLElement>("a.place[href='#/reach']")?.click(),
  },
  {
    name: "the graph is opened",
    ...MEMBERS,
    act: () => document.querySelector<HTMLElement>("a.place[href='#/graph']")?.click(),
  },
  {
    name: "the graph is left for the table",
    view: "#/graph",
    ready: ".graph canvas",
    act: () => document.querySelector<HTMLElement>("a.place[href='#/members']")?.click(),
  },
];

/** How long it is from the act until the second frame after it begins: by then it was painted. */
export function timeOf(page: Page, act: () => void): Promise<number> {
  return page.evaluate<number>(`new Promise((resolve) => {
    const beganMs = performance.now();
    (${act.toString()})();
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - beganMs)));
  })`);
}

const MEASURED_FOR_MS = 4_000;

// As text, since the compiler would put names into functions that the page does not know.
const COUNT_FRAMES = `new Promise((resolve) => {
  const endMs = performance.now() + ${MEASURED_FOR_MS};
  let count = 0;
  requestAnimationFrame(function next() {
    count++;
    if (performance.now() < endMs) requestAnimationFrame(next);
    else resolve(count);
  });
})`;

/** How many frames a second the page draws. */
export async function framesASecond(page: Page): Promise<number> {
  const frames = await page.evaluate<number>(COUNT_FRAMES);
  return Math.round((frames * 1_000) / MEASURED_FOR_MS);
}
