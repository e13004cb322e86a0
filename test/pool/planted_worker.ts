// A worker whose jobs make each mistake that a worker can make.
import { writeSync } from "node:fs";
import { cpuMsOfThread, ownThread } from "../../src/pool/cpu_time.ts";
import { serve } from "../../src/pool/serve.ts";

export interface PlantedJobs {
  /** Answers at once. */
  double(number: number): number;
  /** Takes so much CPU time, in so many parts of equal length. */
  burn(job: { readonly cpuMs: number; readonly parts: number }): string;
  /**
   * The same twice, in one part. In between, when the watchdog has looked, the process says that
   * it stops, and it stands still until another process continues it.
   */
  stopAndBurn(cpuMs: number): string;
  /** Never ends, from the part of that number on. */
  loop(at: number): never;
  /** Never ends, without any CPU time. */
  sleep(at: number): never;
  die(at: number): never;
  leave(code: number): never;
  /** Fails in the first thread only: `tries` is shared by all. */
  failOnce(tries: SharedArrayBuffer): string;
  /** What the job saw of others: how many were at work when it began, and when it ended. */
  count(atWork: SharedArrayBuffer): number;
}

/** The console of a thread writes through the main thread, which is soon stopped. */
const STDOUT = 1;

serve<PlantedJobs, unknown>(() => ({
  double: (number) => 2 * number,
  burn({ cpuMs, parts }, heartbeat) {
    for (let part = 0; part < parts; part++) {
      heartbeat.beat(part);
      burn(cpuMs / parts);
    }
    return "burnt";
  },
  stopAndBurn(cpuMs, heartbeat) {
    heartbeat.beat(0);
    burn(cpuMs);
    writeSync(STDOUT, "stopping\n");
    process.kill(process.pid, "SIGSTOP");
    burn(cpuMs);
    return "burnt";
  },
  loop(at, heartbeat) {
    heartbeat.beat(at);
    for (;;);
  },
  sleep(at, heartbeat) {
    heartbeat.beat(at);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    throw new Error("nobody wakes it");
  },
  die(at, heartbeat) {
    heartbeat.beat(at);
    throw new Error("planted death");
  },
  leave: (code) => process.exit(code),
  failOnce(tries) {
    if (Atomics.add(new Int32Array(tries), 0, 1) === 0) throw new Error("the first time");
    return "the second time";
  },
  count(shared) {
    const atWork = new Int32Array(shared);
    const before = Atomics.add(atWork, 0, 1);
    burn(100);
    const behind = Atomics.sub(atWork, 0, 1) - 1;
    return Math.max(before, behind);
  },
}));

const thread = ownThread();

/** Takes CPU time as the system counts it: waiting for a turn takes none. */
function burn(cpuMs: number): void {
  const now = () => cpuMsOfThread(thread) ?? performance.now();
  const end = now() + cpuMs;
  while (now() < end);
}
