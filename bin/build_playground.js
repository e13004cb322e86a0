// The part `playground` of bin/build.js: dist/playground/index.html, one file that works from disk.
// The page and its worker are bundled from src/, types taken out; the core and the examples go in as
// they are.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { rolldown } from "rolldown";
import { playgroundPage } from "../dist/src/playground/page_file.js";

const PAGE_BYTES_MAX = 1_500_000;
const OUT = "dist/playground/index.html";

/** A script without imports. */
async function bundled(input) {
  const bundle = await rolldown({ input, platform: "browser", logLevel: "warn" });
  const { output } = await bundle.generate({ format: "iife", minify: true, codeSplitting: false });
  await bundle.close();
  if (output.length !== 1) throw new Error(`${input} became ${output.length} files`);
  // An end tag in a string or a pattern would end the page's script.
  return output[0].code.replace(/<\/(script|style)/gi, "<\\/$1");
}

function scripts() {
  const corpus = readdirSync("corpus").filter((name) => name.endsWith(".slab"));
  const paths = [
    ...["seed", "seed-6.1", "double-free"].map((name) => `examples/${name}.slab`),
    ...corpus.sort().map((name) => `corpus/${name}`),
  ];
  return Object.fromEntries(paths.map((path) => [path, readFileSync(path, "utf8")]));
}

const page = playgroundPage({
  script: await bundled("src/playground/page/main.ts"),
  worker: await bundled("src/playground/page/worker.ts"),
  core: readFileSync("build/slub.wasm"),
  examples: scripts(),
});
if (page.length > PAGE_BYTES_MAX) throw new Error(`${OUT} has ${page.length} bytes`);
mkdirSync("dist/playground", { recursive: true });
writeFileSync(OUT, page);
