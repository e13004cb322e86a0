// npm's prepare step: builds a fresh clone, so that `npm ci` is all that `npx slabfuzz` needs. What is
// built already stays: npx runs this step, too, when it sets up the command, and should not wait.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

const OUTPUTS = [
  "../dist/src/cli/main.js",
  "../dist/driver_build.json",
  "../build/slub.wasm",
  "../build/slub.canary.wasm",
];

if (!OUTPUTS.every((path) => existsSync(new URL(path, import.meta.url)))) {
  const { status } = spawnSync("npm", ["run", "build"], { stdio: "inherit", shell: true });
  process.exitCode = status ?? 1;
}
