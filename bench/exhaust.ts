// How fast an exhaustive search runs programs, each from the heap that the one before its last
// operation left, and with the heap read after each. In a process of its own, from what was built.
import { runCode } from "./workers.ts";

/** Sets of options; the targets are about the first one. */
const OPTIONS = ["-", "FZ", "FZP"];
const OPS = 7;
const REPEATS = 3;

export interface ExhaustSpeed {
  readonly options: string;
  /** Programs that were run, and programs of the scope, in a second of processor time. */
  readonly runPerSecond: number;
  readonly countedPerSecond: number;
  /** Programs of the scope for each that is run. */
  readonly reduction: number;
}

/** The best of some searches for each set of options. */
export function measureExhaust(): ExhaustSpeed[] {
  const scope = {
    ...{ ops: OPS, objects: 3, sizes: [15000], offsets: [] },
    words: ["alloc", "free", "bulk", "shrink", "validate"],
  };
  const request = { scope, profiles: ["v6.1"], jobs: 0, isSure: true };
  const printed = runCode(
    `
    const cpuSeconds = () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    };
    for (const options of ${JSON.stringify(OPTIONS)}) {
      let best = Infinity;
      let cell;
      for (let repeat = 0; repeat < ${REPEATS}; repeat++) {
        const start = cpuSeconds();
        const result = await exhaust({ ...${JSON.stringify(request)}, options: [options] });
        best = Math.min(best, cpuSeconds() - start);
        [cell] = result.cells;
      }
      console.log([cell.run / best, Number(cell.programs) / best].join("\\n"));
    }`,
    "exhaust",
  );
  return OPTIONS.map((options, i) => {
    const [runPerSecond, countedPerSecond] = printed.slice(2 * i, 2 * i + 2);
    const reduction = countedPerSecond / runPerSecond;
    return { options, runPerSecond, countedPerSecond, reduction };
  });
}

export function exhaustText(speeds: readonly ExhaustSpeed[]): string {
  const millions = (rate: number) => (rate / 1e6).toFixed(2);
  const rows = speeds.map(({ options, runPerSecond, countedPerSecond }) => {
    return `${options} ${millions(runPerSecond)} run, ${millions(countedPerSecond)} counted`;
  });
  return `million programs of ${OPS} operations a second and core: ${rows.join("; ")}`;
}
