// Builds what is not up to date, and nothing else:
//
//   node bin/build.js [PART...]      without parts, all of them
//
//   core        build/slub.wasm             assembly/ by asc, then bin/optimise.js
//   canary      build/slub.canary.wasm      the same with bugs that can be switched on
//   mutable     build/slub.mutable.wasm     instruction by instruction, for mutation and counting
//   program     dist/**/*.js                src/, its types taken out
//   playground  dist/playground/index.html  one page with the core in it, by bin/build_playground.js
//   types       dist/**/*.d.ts              what TypeScript users need, by tsc, then bin/types.js
//
// A part is up to date if its outputs are there and its stamp, build/PART.stamp, is the digest of its
// inputs: sources, settings, and versions of the tools. `npm start` needs the first and the fourth
// part only, and a published package contains them all.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
process.chdir(fileURLToPath(new URL("..", import.meta.url)));

const SCRIPT_INPUTS = ["src", "assembly/abi", "src/tsconfig.json"];

const PARTS = {
  core: wasmPart("release", ["slub.wasm"], "bin/optimise.js"),
  canary: wasmPart("canary", ["slub.canary.wasm"], "bin/optimise.js"),
  mutable: wasmPart("mutable", ["slub.mutable.wasm", "slub.mutable.wasm.map"]),
  program: {
    inputs: [...SCRIPT_INPUTS, "bin/build_program.js"],
    tools: ["typescript", "rolldown"],
    outputs: ["dist/src/cli/main.js", "dist/config.schema.json", "dist/driver_build.json"],
    make: () => run("bin/build_program.js"),
  },
  playground: {
    // The lock file has the versions of the bundler and of the editor.
    inputs: [
      ...[...SCRIPT_INPUTS, "assembly", "examples", "corpus"],
      ...["package-lock.json", "bin/build_playground.js"],
    ],
    tools: [],
    outputs: ["dist/playground/index.html"],
    needs: ["core", "program"],
    make: () => run("bin/build_playground.js"),
  },
  types: {
    inputs: [...SCRIPT_INPUTS, "bin/types.js", "package.json"],
    tools: ["typescript"],
    outputs: ["dist/src/index.d.ts", "dist/src/index.d.cts"],
    make: makeTypes,
  },
};

function wasmPart(target, files, optimiser) {
  const tools = ["bin/without_asserts.js", ...(optimiser === undefined ? [] : [optimiser])];
  return {
    inputs: ["assembly", "asconfig.json", ...tools],
    tools: ["assemblyscript", "binaryen"],
    outputs: files.map((file) => `build/${file}`),
    make: () => makeWasm(target, files, optimiser),
  };
}

/** Under another name first: a process that runs meanwhile never reads half a module. */
async function makeWasm(target, files, optimiser) {
  const draft = `build/.draft-${target}-${process.pid}`;
  mkdirSync(draft, { recursive: true });
  try {
    const wasm = join(draft, files[0]);
    const transform = ["--transform", "./bin/without_asserts.js"];
    const asc = binOf("assemblyscript", "asc");
    await run(asc, "assembly/index.ts", "--target", target, "--outFile", wasm, ...transform);
    if (optimiser !== undefined) await run(optimiser, wasm);
    for (const file of files) renameSync(join(draft, file), join("build", file));
  } finally {
    rmSync(draft, { recursive: true });
  }
}

/** Whether the types fit together is asked by `npm run typecheck`, and takes most of the time there. */
async function makeTypes() {
  const words = ["-p", "src/tsconfig.json", "--emitDeclarationOnly", "--noCheck"];
  await run(binOf("typescript", "tsc"), ...words);
  await run("bin/types.js");
}

/** The script behind a package's command. */
function binOf(name, command) {
  const file = require.resolve(`${name}/package.json`);
  const { bin } = JSON.parse(readFileSync(file, "utf8"));
  return join(dirname(file), bin[command]);
}

function run(...args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ["ignore", 2, 2] });
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`node ${args.join(" ")} failed`));
    });
  });
}

function isUpToDate(name) {
  const { outputs } = PARTS[name];
  const stamp = stampOf(name);
  if (!existsSync(stamp) || !outputs.every((path) => existsSync(path))) return false;
  return readFileSync(stamp, "utf8") === digestOf(PARTS[name]);
}

function stampOf(name) {
  return `build/${name}.stamp`;
}

function digestOf({ inputs, tools }) {
  const hash = createHash("sha256");
  for (const tool of tools) hash.update(`${tool} ${require(`${tool}/package.json`).version}\n`);
  for (const path of inputs.flatMap(filesBelow))
    hash.update(`${path}\n`).update(readFileSync(path)).update("\n");
  return hash.digest("hex");
}

/** The source files of a folder, in an order that does not depend on the file system. */
function filesBelow(path) {
  if (/\.\w+$/.test(path)) return [path];
  return readdirSync(path, { recursive: true })
    .filter((name) => /\.(ts|json|slab)$/.test(name))
    .map((name) => `${path}/${name.replaceAll("\\", "/")}`)
    .sort();
}

async function build(name) {
  const start = Date.now();
  const digest = digestOf(PARTS[name]);
  rmSync(stampOf(name), { force: true });
  await PARTS[name].make();
  writeFileSync(stampOf(name), digest);
  say(`built ${name} in ${((Date.now() - start) / 1000).toFixed(1)} s`);
}

/** A build of other sources than the rest must not be taken for theirs. */
function removeStale(names) {
  for (const name of names) {
    if (name === "program" || isUpToDate(name)) continue;
    for (const path of [stampOf(name), ...PARTS[name].outputs]) rmSync(path, { force: true });
  }
}

/** As many at a time as there are processors; what needs other parts comes behind them. */
async function buildAll(names) {
  const isLater = (name) => PARTS[name].needs !== undefined;
  await buildEach(names.filter((name) => !isLater(name)));
  await buildEach(names.filter(isLater));
}

async function buildEach(names) {
  const left = [...names];
  const work = async () => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) await build(name);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
}

function say(text) {
  process.stderr.write(`slabfuzz: ${text}\n`);
}

const asked = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(PARTS);
const wanted = [...new Set(asked.flatMap((name) => [...(PARTS[name]?.needs ?? []), name]))];
const unknown = wanted.find((name) => !Object.hasOwn(PARTS, name));
if (unknown !== undefined) {
  say(`there is no part ${unknown}; the parts are ${Object.keys(PARTS).join(", ")}`);
  process.exit(2);
}
mkdirSync("build", { recursive: true });
const stale = wanted.filter((name) => !isUpToDate(name));
removeStale(Object.keys(PARTS).filter((name) => !wanted.includes(name)));
if (stale.length > 0) {
  say(`building ${stale.join(", ")}; each takes some seconds of one processor`);
  await buildAll(stale).catch(({ message }) => {
    say(message);
    process.exit(1);
  });
}
