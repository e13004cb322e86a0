#!/usr/bin/env node
// The executable: argv in, exit code out.
import { runProgram } from "./program.ts";
import { endWhenUnread, setExitCode } from "./terminal.ts";

endWhenUnread();
const code = await runProgram(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  error: (text) => process.stderr.write(text),
});
if (code !== undefined) setExitCode(code);
