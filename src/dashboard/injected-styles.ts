// Some libraries put a style element into the page as they load, which the page's
// Content-Security-Policy forbids. Bundlers leave it out; their few rules are in styles/graph.css.

/** The paths of modules that do so. */
export const INJECTING_MODULES = /[/\\](force-graph|float-tooltip)[/\\]/;

/** The code of such a module, without it. */
export function withoutInjectedStyles(code: string): string {
  return code.replaceAll("styleInject(css_248z);", "");
}
