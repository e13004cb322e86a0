#!/usr/bin/env node
// The command, for npx and for installed packages: everything else is built into dist/.
import { existsSync } from "node:fs";

const main = new URL("../dist/src/cli/main.js", import.meta.url);
if (!existsSync(main)) {
  process.stderr.write("slabfuzz is not built yet: run npm run build\n");
  process.exit(2);
}
await import(main.href);
