#!/usr/bin/env node
// The executable: argv in, exit code out.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { packagePath } from "../base/package_file.ts";
import { buildMissingCoresWith } from "../targets/core_files.ts";
import { runProgram } from "./program.ts";
import { endWhenUnread, PROCESS_STREAMS, setExitCode } from "./terminal.ts";

endWhenUnread();
buildMissingCoresWith((part) => {
  if (!existsSync(packagePath("assembly/index.ts"))) return;
  const args = [packagePath("bin/build.js"), part];
  spawnSync(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] });
});
const code = await runProgram(process.argv.slice(2), PROCESS_STREAMS);
if (code !== undefined) setExitCode(code);
