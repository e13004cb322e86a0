#!/usr/bin/env node
// The executable: argv in, exit code out.
import { runProgram } from "./program.ts";
import { endQuietlyWhenUnread, PROCESS_STREAMS, setExitCode } from "./terminal.ts";

endQuietlyWhenUnread();
const code = await runProgram(process.argv.slice(2), PROCESS_STREAMS);
if (code !== undefined) setExitCode(code);
