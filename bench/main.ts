// npm run bench: one table. `--filter TEXT` keeps the rows whose name contains it, `--json` prints
// data.
import { parseArgs } from "node:util";
import { Bench, type Task } from "tinybench";
import { addAllocFree, ROUND } from "./alloc_free.ts";

const { values } = parseArgs({
  options: {
    filter: { type: "string", default: "" },
    json: { type: "boolean", default: false },
    time: { type: "string", default: "500" },
  },
});

interface Row {
  readonly name: string;
  /** Nanoseconds an operation: the best tenth of the rounds lies below it. */
  readonly p10: number;
  /** How far the median lies above p10. */
  readonly spread: number;
}

function rowOf(task: Task): Row {
  const { result } = task;
  if (result.state !== "completed") throw new Error(`${task.name} did not complete`);
  const samples = [...(result.latency.samples ?? [])].sort((a, b) => a - b);
  const at = (part: number) => (samples[Math.floor(samples.length * part)] * 1e6) / ROUND;
  return { name: task.name, p10: at(0.1), spread: at(0.5) / at(0.1) - 1 };
}

function printTable(rows: readonly Row[]): void {
  console.log(`${"workload".padEnd(28)} ${"ns/op".padStart(8)} ${"ratio".padStart(7)} spread`);
  for (const row of rows) {
    const ratio = row.p10 / rows[0].p10;
    const spread = `+${Math.round(row.spread * 100)} %`;
    const cells = [row.p10.toFixed(1).padStart(8), ratio.toFixed(2).padStart(7)];
    console.log(`${row.name.padEnd(28)} ${cells.join(" ")} ${spread}`);
  }
  console.log(`\nratio: against ${rows[0].name}; one operation is one alloc or one free`);
}

const bench = new Bench({ time: Number(values.time), warmupTime: 100, retainSamples: true });
addAllocFree(bench);
for (const task of [...bench.tasks]) {
  if (!task.name.includes(values.filter)) bench.remove(task.name);
}
await bench.run();
const rows = bench.tasks.map(rowOf);
if (values.json) console.log(JSON.stringify({ node: process.version, rows }, null, 2));
else printTable(rows);
