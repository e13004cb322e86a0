// Other people's work: processes that want a processor and do nothing with it.
import { type ChildProcess, spawn } from "node:child_process";

/** Each ends with this process, however that ends. */
const BUSY = "for (const parent = process.ppid; process.ppid === parent; );";

/** Starts them; what is returned ends them. */
export function startBusyProcesses(count: number): () => void {
  const busy: readonly ChildProcess[] = Array.from({ length: count }, () => {
    return spawn(process.execPath, ["-e", BUSY], { stdio: "ignore" });
  });
  return () => {
    for (const one of busy) one.kill("SIGKILL");
  };
}
