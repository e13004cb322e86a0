// A worker whose jobs make each mistake that a worker can make.
import { writeSync } from "node:fs";
import { cpuMsOfThread, ownThread } from "../../dist/src/pool/cpu_time.js";
import { serve } from "../../dist/src/pool/serve.js";

/** The console of a thread writes through the main thread, which is soon stopped. */
const STDOUT = 1;
let done = 0;

serve(() => ({
  double: (number) => 2 * number,
  before: () => done++,
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
function burn(cpuMs) {
  const now = () => cpuMsOfThread(thread) ?? performance.now();
  const end = now() + cpuMs;
  while (now() < end);
}
