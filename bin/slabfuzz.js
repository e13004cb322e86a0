#!/usr/bin/env node
// The command, for npx and for installed packages: everything else is built into dist/. Nothing here
// may need a Node that is newer than the one that it complains of.
import { existsSync } from "node:fs";

const NODE_MIN = [20, 19];
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < NODE_MIN[0] || (major === NODE_MIN[0] && minor < NODE_MIN[1])) {
  process.stderr.write(
    `slabfuzz needs Node ${NODE_MIN.join(".")} or later, this is ${process.version}\n`,
  );
  process.exit(2);
}
const main = new URL("../dist/src/cli/main.js", import.meta.url);
if (!existsSync(main)) {
  process.stderr.write("slabfuzz is not built yet: run npm run build\n");
  process.exit(2);
}
await import(main.href);
