// Weighs the JavaScript that a first visit to the home page loads, gzipped, and fails over 200 kB.
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const limit = 200_000;
const assets = new URL("../dist/assets/", import.meta.url);
const html = readFileSync(new URL("../dist/index.html", import.meta.url), "utf-8");
const names = readdirSync(assets).filter((name) => name.endsWith(".js"));

/** What one file needs before it can run. */
function imports(name) {
  const text = readFileSync(new URL(name, assets), "utf-8");
  return [...text.matchAll(/(?:from|import)\s*["']\.\/([^"']+\.js)["']/g)].map((found) => found[1]);
}

const wanted = names.filter((name) => html.includes(name) || /^(frame|home\.page)-/.test(name));
const needed = new Set();
while (wanted.length > 0) {
  const name = wanted.pop();
  if (needed.has(name)) continue;
  needed.add(name);
  wanted.push(...imports(name));
}

let total = 0;
for (const name of [...needed].sort()) {
  const size = gzipSync(readFileSync(new URL(name, assets)), { level: 6 }).length;
  total += size;
  console.log(`${String(size).padStart(8)}  ${name}`);
}
console.log(`${String(total).padStart(8)}  bytes of gzipped JavaScript for the first page (limit ${limit})`);
if (total > limit) process.exit(1);
