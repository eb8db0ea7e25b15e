// The import rules of the source tree. Imports run one way: a folder of src/ may import itself, the
// folders that its line in `mayImport` names, and nothing else of src/.

const mayImport = {
  core: [],
  gen: [],
  wire: ["core", "gen"],
  transport: ["core", "wire"],
  peer: ["core", "wire", "transport"],
  simulator: ["core", "wire", "transport", "peer"],
  metrics: ["core", "wire", "transport", "peer", "simulator"],
  admin: ["core", "gen", "wire", "transport", "peer", "simulator", "metrics"],
  dashboard: ["gen"],
  cli: ["core", "gen", "wire", "transport", "peer", "simulator", "metrics", "admin", "dashboard"],
};

const folders = Object.keys(mayImport);
const tests = "[.]test[.]tsx?$";
const published = { path: "^src/", pathNot: tests };
const sockets = "^(node:)?(dgram|dns|http|http2|https|net|timers|tls)(/|$)";
const packageTypes = ["npm", "npm-dev", "npm-optional", "npm-peer", "npm-no-pkg", "npm-unknown"];

const directions = Object.entries(mayImport).map(([folder, others]) => ({
  name: `direction-${folder}`,
  comment: `src/${folder} may import of src/ only: ${[folder, ...others].join(", ")}.`,
  severity: "error",
  from: { path: `^src/${folder}/` },
  to: { path: "^src/", pathNot: `^src/(${[folder, ...others].join("|")})/` },
}));

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    ...directions,
    {
      name: "known-folders-only",
      comment: "A new folder of src/ needs a line in mayImport (.dependency-cruiser.mjs).",
      severity: "error",
      from: { path: "^src/[^/]+/", pathNot: `^src/(${folders.join("|")})/` },
      to: {},
    },
    {
      name: "index-is-the-door",
      comment: "src/index.ts is for users of the package: inside src/, import the file itself.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/index[.]test[.]ts$" },
      to: { path: "^src/index[.]ts$" },
    },
    {
      name: "core-imports-nothing",
      comment: "The core is pure: no package and no Node module.",
      severity: "error",
      from: { path: "^src/core/", pathNot: tests },
      to: { dependencyTypes: ["core", ...packageTypes] },
    },
    {
      name: "gen-imports-protobuf-only",
      comment: "Generated code needs @bufbuild/protobuf and nothing else.",
      severity: "error",
      from: { path: "^src/gen/" },
      to: { pathNot: "^src/gen/|(^|/)node_modules/@bufbuild/protobuf/" },
    },
    {
      name: "sockets-and-timers-stay-outside",
      comment: "Sockets, DNS and timers belong in peer/, transport/, admin/ and cli/.",
      severity: "error",
      from: { path: "^src/", pathNot: [tests, "^src/(peer|transport|admin|cli)/"] },
      to: { path: [sockets, "(^|/)node_modules/@grpc/"] },
    },
    {
      name: "source-does-not-import-tests",
      comment: "Published code must not import tests, examples or scripts.",
      severity: "error",
      from: published,
      to: { path: [tests, "^(test|examples|scripts|bench)/"] },
    },
    {
      name: "no-dev-dependencies-in-source",
      comment:
        "Published code may import only what package.json lists as (peer) dependencies. What the " +
        "dashboard imports is bundled with it.",
      severity: "error",
      from: { ...published, pathNot: [tests, "^src/dashboard/"] },
      to: {
        dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"],
        // An optional peer dependency is a development dependency too, to be there for the tests.
        dependencyTypesNot: ["npm-peer"],
      },
    },
    {
      name: "no-circular",
      comment: "No cycles, also not through types.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "not-to-unresolvable",
      comment: "Every import must lead somewhere.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "types", "node", "default"],
      extensions: [".ts", ".tsx", ".js", ".mjs", ".json"],
    },
  },
};
