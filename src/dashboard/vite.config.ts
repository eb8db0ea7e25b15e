// How the page is bundled: into dist/dashboard, from where an agent serves it. For work on the page,
// `npm run dev:dashboard` serves it anew at each change and passes all else on to an agent.
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";
import { INJECTING_MODULES, withoutInjectedStyles } from "./injected-styles.js";

const AGENT = process.env["GOSSIP_ADMIN_URL"] ?? "http://127.0.0.1:7980";

const withoutInjected: Plugin = {
  name: "without-injected-styles",
  transform: (code, id) =>
    INJECTING_MODULES.test(id) ? { code: withoutInjectedStyles(code), map: null } : null,
};

export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  base: "./",
  plugins: [withoutInjected],
  esbuild: { jsx: "automatic", jsxImportSource: "preact", legalComments: "none" },
  build: {
    outDir: fileURLToPath(new URL("../../dist/dashboard", import.meta.url)),
    emptyOutDir: true,
    target: "es2022",
    // A script that is inlined would need an exception in the Content-Security-Policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // The graph's library alone is larger than Vite's limit; it is loaded when it is looked at.
    chunkSizeWarningLimit: 700,
  },
  server: { proxy: { "/gossip.admin.v1.AdminService": AGENT } },
});
