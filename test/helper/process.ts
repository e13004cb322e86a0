// The built command as a process of its own: for signals, limits
// and full disks, which the process of the tests cannot survive.
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const COMMAND = fileURLToPath(new URL("../../bin/slabfuzz.js", import.meta.url));

/** How a process ended. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What stderr said so far, and stdout. */
  readonly said: () => string;
}

export interface ProcessOptions {
  readonly cwd?: string;
  /** A module that it loads before the command. */
  readonly preload?: string;
  /** All that it reads from stdin. */
  readonly input?: string;
  /** It is killed after this time: for what may never end if it is broken. */
  readonly timeout?: number;
}

export function startSlabfuzz(words: readonly string[], options: ProcessOptions = {}): Running {
  const { input = "", preload, ...rest } = options;
  const before = preload === undefined ? [] : ["--import", preload];
  const child = spawn(process.execPath, [...before, COMMAND, ...words], { ...rest, stdio: "pipe" });
  child.stdin.on("error", () => {}); // it may have ended without reading
  child.stdin.end(input);
  const streams = { out: "", error: "" };
  child.stdout.on("data", (text) => {
    streams.out += text;
  });
  child.stderr.on("data", (text) => {
    streams.error += text;
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on("close", (code) => resolve({ code, ...streams }));
  });
  return { child, ended, said: () => streams.error + streams.out };
}

export function runSlabfuzz(words: readonly string[], options?: ProcessOptions): Promise<Ended> {
  return startSlabfuzz(words, options).ended;
}
