// Loaded before a command, this tells on stderr what the process needed: CPU time in microseconds,
// and the most memory that it held, in KiB. The figure of the operating system's own account counts
// what a process held before it became this one, which is its parent's; Linux tells them apart.
import { readFileSync } from "node:fs";

process.on("exit", () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  process.stderr.write(`usage ${userCPUTime + systemCPUTime} ${peakOfThisProgram() ?? maxRSS}\n`);
});

function peakOfThisProgram() {
  try {
    return /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
  } catch {
    return undefined;
  }
}
