// What npm does before and after it packs: `node bin/pack.js before` takes out of package.json what
// is for a clone only, `node bin/pack.js after` brings it back. An installed package has nothing to
// prepare, and users would have to trust a script that runs at installation.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const path = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));
const FILE = path("package.json");
const KEPT = path("package.json.kept");
const FOR_CLONES = ["prepare", "prepack", "postpack"];

// One that was interrupted has left its copy behind.
if (existsSync(KEPT)) renameSync(KEPT, FILE);
if (process.argv[2] === "before") {
  buildAll();
  const text = readFileSync(FILE, "utf8");
  const manifest = JSON.parse(text);
  for (const name of FOR_CLONES) delete manifest.scripts[name];
  writeFileSync(KEPT, text);
  writeFileSync(`${FILE}.new`, `${JSON.stringify(manifest, null, 2)}\n`);
  renameSync(`${FILE}.new`, FILE);
}

/** A package contains all parts; a copy without sources has them already. */
function buildAll() {
  if (!existsSync(path("assembly/index.ts"))) return;
  const { status } = spawnSync(process.execPath, [path("bin/build.js")], { stdio: "inherit" });
  if (status !== 0) process.exit(1);
}
