// How the page is bundled: into dist/dashboard, from where an agent serves it. For work on the page,
// `npm run dev:dashboard` serves it anew at each change and passes all else on to an agent.
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

const AGENT = process.env["GOSSIP_ADMIN_URL"] ?? "http://127.0.0.1:7980";

/**
 * Some libraries put a style element into the page as they load, which the page's
 * Content-Security-Policy forbids. Their few rules are in styles/graph.css.
 */
function withoutInjectedStyles(): Plugin {
  return {
    name: "without-injected-styles",
    transform: (code, id) =>
      /[/](force-graph|float-tooltip)[/]/.test(id)
        ? { code: code.replaceAll("styleInject(css_248z);", ""), map: null }
        : null,
  };
}

export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  base: "./",
  plugins: [withoutInjectedStyles()],
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
