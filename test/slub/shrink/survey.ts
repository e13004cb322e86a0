// Shrinks findings at random and prints how small they got, and what it took:
//
//   npx tsx test/slub/shrink/survey.ts [COUNT [SEED [OPS]]]
//
// Times are those of the processor, in milliseconds: they say as much on a busy machine.
import "../../../src/targets/core_files.ts";
import { SlabHeap } from "../../../src/slub/core/heap.ts";
import { printScript } from "../../../src/slub/program/text.ts";
import { shrink } from "../../../src/slub/shrink/shrink.ts";
import { someFindings } from "./findings.ts";
import { spareOf } from "./spare.ts";

const [count = 200, seed = 1, ops = 100] = process.argv.slice(2).map(Number);
const heap = new SlabHeap();

const rows = [...someFindings(count, BigInt(seed), ops)].map(({ program, verdict, signature }) => {
  const start = process.cpuUsage();
  const result = shrink(program, { heap });
  const used = process.cpuUsage(start);
  const caches = result.program.ops.filter(({ op }) => op === "cache").length;
  return {
    before: program.ops.length,
    ops: result.program.ops.length - caches,
    timeMs: (used.user + used.system) / 1000,
    tried: result.tried,
    slips: result.slips.length,
    isSame: result.verdict === verdict && result.signature === signature,
    isComplete: result.isComplete,
    spare: spareOf(result.program).length,
    signature: `${result.verdict} ${result.signature}`,
    text: printScript(result.program),
  };
});

function line(name: string, values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (part: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
  const cells = [at(0), at(0.5), at(0.9), at(1)].map((value) => value.toFixed(0).padStart(8));
  return `${name.padEnd(34)}${cells.join("")}`;
}

console.log(`${count} findings, seed ${seed}`);
console.log(`${"".padEnd(34)}   least  median     90 %    most`);
console.log(
  line(
    "operations before",
    rows.map((row) => row.before),
  ),
);
console.log(
  line(
    "operations beyond cache set-up",
    rows.map((row) => row.ops),
  ),
);
console.log(
  line(
    "processor time, ms",
    rows.map((row) => row.timeMs),
  ),
);
console.log(
  line(
    "candidates",
    rows.map((row) => row.tried),
  ),
);
console.log(
  line(
    "slips",
    rows.map((row) => row.slips),
  ),
);
console.log(`same signature ${rows.filter((row) => row.isSame).length}`);
console.log(`complete ${rows.filter((row) => row.isComplete).length}`);
console.log(`nothing to spare ${rows.filter((row) => row.spare === 0).length}`);
const worst = [...rows].sort((a, b) => b.ops - a.ops || b.timeMs - a.timeMs);
const slowest = [...rows].sort((a, b) => b.timeMs - a.timeMs);
for (const row of [...worst.slice(0, 2), ...slowest.slice(0, 2)]) {
  console.log(
    `\n${row.timeMs.toFixed(0)} ms, ${row.tried} candidates: ${row.signature}\n${row.text}`,
  );
}
