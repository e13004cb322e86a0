// Checks modules one after the other in one process, and tells a line of JSON of each: how the
// command ended, what it said, and what it needed. Linux forgets the peak of memory when it is told
// to; elsewhere that figure is the process's own so far.
import { readFileSync, writeFileSync } from "node:fs";
import { runProgram } from "../../dist/src/cli/program.js";

const [words, ...paths] = process.argv.slice(2);
const own = process.stdout.write.bind(process.stdout);
for (const path of paths) own(`${JSON.stringify(await checked(path))}\n`);

async function checked(path) {
  const said = { out: "", error: "" };
  process.stdout.write = (text) => collect("out", text);
  process.stderr.write = (text) => collect("error", text);
  const collect = (name, text) => {
    said[name] += text;
    return true;
  };
  const streams = { out: (text) => collect("out", text), error: (text) => collect("error", text) };
  process.exitCode = undefined;
  forgetPeak();
  const before = process.cpuUsage();
  const code = await runProgram(["targets", "check", path, ...words.split(" ")], streams);
  const { user, system } = process.cpuUsage(before);
  const status = code ?? process.exitCode ?? 0;
  const text = said.error + (status === 2 ? said.out : "");
  process.exitCode = 0;
  return { path, code: status, text, seconds: (user + system) / 1e6, mib: peakKib() / 1024 };
}

function forgetPeak() {
  try {
    writeFileSync("/proc/self/clear_refs", "5");
  } catch {
    // The figure is the largest one so far.
  }
}

function peakKib() {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1]);
  } catch {
    return process.resourceUsage().maxRSS;
  }
}
