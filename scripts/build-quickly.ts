// What `npm run demo` builds with, into a folder of its own: code and dashboard by esbuild alone. It
// checks no types and takes some seconds, where `npm run build` takes half a minute.

import {
  copyFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { build, type Plugin } from "esbuild";
import { INJECTING_MODULES, withoutInjectedStyles } from "../src/dashboard/injected-styles.js";

/** Laid out as the package is: the code looks for its version and for the page from where it is. */
const PLACE = ".cache/demo";
const PAGE = join(PLACE, "dist/dashboard");
const PAGE_SOURCE = "src/dashboard";
const TARGET = "es2022";

/** Each file by itself; what it imports is found where it is. */
async function buildCode(): Promise<void> {
  const files = readdirSync("src", { recursive: true, encoding: "utf8" })
    .map((file) => join("src", file))
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"));
  await build({
    entryPoints: files.filter((file) => !file.startsWith(join(PAGE_SOURCE, "/"))),
    outbase: "src",
    outdir: join(PLACE, "dist"),
    format: "esm",
    platform: "node",
    target: "node20",
    logLevel: "warning",
  });
}

const withoutInjected: Plugin = {
  name: "without-injected-styles",
  setup: ({ onLoad }) => {
    onLoad({ filter: INJECTING_MODULES }, async ({ path }) => {
      if (!/[.]m?js$/.test(path)) return undefined;
      return { contents: withoutInjectedStyles(await readFile(path, "utf8")), loader: "js" };
    });
  },
};

/** The page as Vite makes it, but for its size. */
async function buildPage(): Promise<void> {
  const { metafile } = await build({
    entryPoints: [join(PAGE_SOURCE, "main.tsx")],
    bundle: true,
    splitting: true,
    minify: true,
    metafile: true,
    outdir: join(PAGE, "assets"),
    entryNames: "[name]-[hash]",
    format: "esm",
    target: TARGET,
    jsx: "automatic",
    jsxImportSource: "preact",
    legalComments: "none",
    plugins: [withoutInjected],
    logLevel: "warning",
  });
  cpSync(join(PAGE_SOURCE, "public"), PAGE, { recursive: true });
  const entry = Object.entries(metafile.outputs).find(
    ([, { entryPoint }]) => entryPoint !== undefined,
  );
  if (entry === undefined) throw new Error("esbuild made no script of the dashboard.");
  const [script, { cssBundle = "" }] = entry;
  const html = readFileSync(join(PAGE_SOURCE, "index.html"), "utf8");
  writeFileSync(
    join(PAGE, "index.html"),
    html
      .replace("./main.tsx", `./assets/${basename(script)}`)
      .replace(
        "</head>",
        `  <link rel="stylesheet" href="./assets/${basename(cssBundle)}" />\n  </head>`,
      ),
  );
}

rmSync(PAGE, { recursive: true, force: true });
mkdirSync(PLACE, { recursive: true });
copyFileSync("package.json", join(PLACE, "package.json"));
await Promise.all([buildCode(), buildPage()]);
