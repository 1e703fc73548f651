import { fileURLToPath } from "node:url";

import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// The API that `npm run dev` talks to; the pages and the API share one origin, as they do in production.
const api = process.env.CODEWELL_API ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: { port: 5173, strictPort: false, proxy: { "/api": { target: api } } },
  build: {
    target: "es2022",
    // The Content-Security-Policy allows no data: fonts or scripts, so nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
    // nhsuk-frontend carries a media hack that the default minifier refuses.
    cssMinify: false,
  },
  css: { preprocessorOptions: { scss: { quietDeps: true } } },
  test: {
    css: false,
    // A page needs a browser's document; words, dates and grids do not, and run in a fraction of the time without.
    projects: [
      { extends: true, test: { name: "words", environment: "node", include: ["src/**/*.test.ts"] } },
      {
        extends: true,
        test: {
          name: "pages",
          environment: "jsdom",
          include: ["src/**/*.test.tsx"],
          setupFiles: ["src/test-setup.ts"],
        },
      },
    ],
  },
});
