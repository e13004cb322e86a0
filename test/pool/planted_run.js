// A process with a pool that does one planted job when it is told to, and prints the outcome. The
// test that started the process keeps the machine busy, or continues it after it has stopped.
import { once } from "node:events";
import { createInterface } from "node:readline";
import { Pool } from "../../dist/src/pool/pool.js";

const [limitMs, cpuMs, clock] = process.argv.slice(2);
const CLOCKS = {
  own: {},
  share: { threadMs: () => undefined },
  /** As if the time on the wall were CPU time. */
  wall: { threadMs: () => performance.now() },
};
const bounds = CLOCKS[clock];
const file = { beside: import.meta.url, name: "planted_worker", input: undefined };
const pool = new Pool({ file, size: 1, limitMs: Number(limitMs), bounds });
await pool.run("double", 1);
const told = once(createInterface({ input: process.stdin }), "line");
console.log("ready");
const [name] = await told;
const outcome =
  name === "burn"
    ? await pool.tryOnce("burn", { cpuMs: Number(cpuMs), parts: 1 })
    : await pool.tryOnce("stopAndBurn", Number(cpuMs));
console.log(JSON.stringify(outcome));
await pool.close();
process.stdin.destroy();
