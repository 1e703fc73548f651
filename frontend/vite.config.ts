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
    environment: "jsdom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/test-setup.ts"],
    css: false,
  },
});
