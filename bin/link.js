// Makes `npx slabfuzz` work in a clone: npm links the commands of dependencies, not of the package itself,
// and would build a copy of it first. Does nothing where slabfuzz is being installed as a dependency.
import { existsSync, rmSync, symlinkSync } from "node:fs";

const folder = new URL("../node_modules/.bin/", import.meta.url);
const link = new URL("slabfuzz", folder);
if (existsSync(folder)) {
  rmSync(link, { force: true });
  try {
    symlinkSync("../../bin/slabfuzz.js", link);
  } catch {
    // No symbolic links here (Windows without the right to make them): npx finds its own way.
  }
}
