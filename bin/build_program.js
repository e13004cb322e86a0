// The part `program` of bin/build.js: src/ as JavaScript in dist/. Each file is translated by itself;
// types are taken out, not checked (`npm run typecheck` checks them). The worker of campaigns then
// becomes one file, with all that it needs. Files in dist/ that no source has any more are removed. Then the schema of configs is written; and last, the digest of the sources
// that decide a case: the published package has no sources to look at.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, isAbsolute, resolve } from "node:path";
import { rolldown } from "rolldown";
import ts from "typescript";

const { fileNames, options } = ts.parseJsonConfigFileContent(
  ts.readConfigFile("src/tsconfig.json", ts.sys.readFile).config,
  ts.sys,
  resolve("src"),
);
// A file alone does not tell which kind of module it is; package.json says that all are ESM.
const compilerOptions = {
  ...options,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
};

// The scripts of the playground are bundled into its page: bin/build_playground.js.
const BUNDLED = /\/src\/playground\/page\//;
const sources = fileNames.filter((file) => !file.endsWith(".d.ts") && !BUNDLED.test(file));
const root = resolve(".");
const nameOf = (file) => file.slice(root.length + 1).replaceAll("\\", "/");
// Every campaign starts threads of it, and a thread takes a millisecond for each file that it loads.
const WORKER = "dist/src/targets/worker.js";
let workerText;
const kept = new Set(sources.map((file) => `dist/${nameOf(file).replace(/\.ts$/, "")}`));

for (const file of sources) {
  const text = readFileSync(file, "utf8");
  const made = ts.transpileModule(text, { fileName: file, compilerOptions });
  const out = `dist/${nameOf(file).replace(/\.ts$/, ".js")}`;
  mkdirSync(dirname(out), { recursive: true });
  if (out === WORKER) workerText = made.outputText;
  else writeChanged(out, made.outputText);
}
writeChanged(WORKER, await inOneFile(resolve(WORKER), workerText));

/** A script with all that it imports; its own text is not the one in the file. */
async function inOneFile(input, text) {
  const own = {
    name: "own text",
    resolveId: (path) => (path === input ? input : undefined),
    load: (path) => (path === input ? text : undefined),
  };
  // Packages, and what Node has, stay where they are.
  const external = (name) => !name.startsWith(".") && !isAbsolute(name);
  const bundle = await rolldown({ input, external, plugins: [own], platform: "node" });
  // Names stay, so that a stack says something.
  const minify = { compress: false, mangle: false, codegen: { removeWhitespace: true } };
  const { output } = await bundle.generate({ format: "esm", codeSplitting: false, minify });
  await bundle.close();
  return output[0].code;
}

for (const name of readdirSync("dist", { recursive: true })) {
  const path = `dist/${name.replaceAll("\\", "/")}`;
  const [, base] = /^(.*)\.(?:js|js\.map|d\.c?ts)$/.exec(path) ?? [];
  // Earlier builds made source maps, which are of no use to a package without sources.
  if (base !== undefined && (!kept.has(base) || path.endsWith(".map"))) rmSync(path);
}

/** What did not change stays as it is: something may be running it. */
function writeChanged(path, text) {
  if (existsSync(path) && readFileSync(path, "utf8") === text) return;
  writeFileSync(path, text);
}

// Editors read what a config may hold.
const { configSchema } = await import("../dist/src/cli/config/check.js");
writeChanged("dist/config.schema.json", `${JSON.stringify(configSchema(), null, 2)}\n`);

const { writeStamp } = await import("../dist/src/campaign/driver_build.js");
writeStamp();
