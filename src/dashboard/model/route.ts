// Which view is shown: it is in the address of the page, so that it can be gone back to and passed on.

import { signal } from "@preact/signals";

/** The views that the navigation leads to, and the page of one member. */
export type Route =
  | { readonly type: "members" }
  | { readonly type: "graph" }
  | { readonly type: "reach" }
  | { readonly type: "timeline" }
  | { readonly type: "charts" }
  | { readonly type: "member"; readonly address: string };

/** What is shown at present. */
export const route = signal<Route>({ type: "members" });

/** The view that a hash names; an unknown one leads to the members. */
export function parseRoute(hash: string): Route {
  const [type, rest] = hash.replace(/^#[/]?/, "").split(/[/](.*)/s);
  switch (type) {
    case "graph":
    case "reach":
    case "timeline":
    case "charts":
      return { type };
    case "member":
      return rest === undefined || rest === "" ? { type: "members" } : memberRoute(rest);
    default:
      return { type: "members" };
  }
}

function memberRoute(encoded: string): Route {
  try {
    return { type: "member", address: decodeURIComponent(encoded) };
  } catch {
    return { type: "members" };
  }
}

/** The hash that leads to a view. */
export function hrefTo(to: Route): string {
  return to.type === "member" ? `#/member/${encodeURIComponent(to.address)}` : `#/${to.type}`;
}

/** Follows the address of the page from now on. */
export function followHash(): void {
  const read = (): void => {
    route.value = parseRoute(location.hash);
  };
  window.addEventListener("hashchange", read);
  read();
}

/** Goes to a view. */
export function goTo(to: Route): void {
  location.hash = hrefTo(to);
}
