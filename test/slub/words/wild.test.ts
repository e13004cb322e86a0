// Wild programs from end to end: the core does not trap, the judge has a verdict, and every form of
// output can print the damaged heap.
//
//   SLABFUZZ_WILD=200000 npx vitest run test/slub/words/wild.test.ts     so many, not a few
import { expect, it } from "vitest";
import { Prng } from "../../../src/base/prng.ts";
import { UserError } from "../../../src/base/user_error.ts";
import { SlabHeap } from "../../../src/slub/core/heap.ts";
import { parseCore } from "../../../src/slub/named_core.ts";
import { resolveMachine } from "../../../src/slub/program/boot.ts";
import { decode } from "../../../src/slub/program/decode.ts";
import { Judge } from "../../../src/slub/run/judge.ts";
import { SlubProgram } from "../../../src/slub/slub_program.ts";
import { VERDICTS } from "../../../src/target/verdict.ts";
import { wildProgram } from "../../helper/wild.ts";

const PROGRAMS = Number(process.env.SLABFUZZ_WILD ?? 640);
/** One program of so many is put into words. */
const TOLD_EVERY = 60;

const MACHINES = [
  { profile: "v6.1", boot: "up" },
  { profile: "v3.10", boot: "v310", cpus: 2 },
  { profile: "v6.12", boot: "smp" },
  { profile: "v6.1", boot: "smph" },
  { profile: "v6.12", boot: "updl" },
  { profile: "v3.10", boot: "v310nm" },
  { profile: "v7.3", boot: "up" },
  { profile: "v7.3", boot: "smph" },
].flatMap((machine) => ["-", "F", "FZPU", "P"].map((slubDebug) => ({ ...machine, slubDebug })));
const SMALL = { basePfn: 0x1000, pages: 2048 };
const CASES = Math.ceil(PROGRAMS / MACHINES.length);

/** All that can be said of a program; none of what a script may not say. */
async function tell(program: SlubProgram): Promise<void> {
  try {
    program.requireRunnable();
  } catch (error) {
    if (error instanceof UserError) return;
    throw error;
  }
  const plain = { format: "dmesg", machine: {} } as const;
  JSON.stringify(await program.replayRecord(plain));
  await program.replay(plain);
  await program.replay({ ...plain, format: "log" });
  await program.replay({ ...plain, show: "slabs" });
  await program.replay({ ...plain, show: "slabinfo" });
}

it.each(MACHINES)(
  "a wild program on $profile $boot under $slubDebug has a verdict, and a text",
  async (options) => {
    const machine = resolveMachine({ comments: [] }, options, SMALL);
    const heap = new SlabHeap();
    heap.configure(machine);
    const judge = new Judge(heap);
    for (let i = 0; i < CASES; i++) {
      const image = wildProgram(new Prng({ high: 0, low: 0x31d }, i), machine);
      const result = judge.run(image);
      expect(VERDICTS).toContain(result.judgement.verdict);
      expect(judge.signatureOf(result).text).toMatch(/^[a-z-]+\|[^|]+\|[a-z-]+\|.+$/);
      if (i % TOLD_EVERY !== 0) continue;
      const program = decode(image, machine);
      await tell(new SlubProgram({ name: "wild", program, core: parseCore("slub") }));
    }
  },
  60_000 + CASES * 60,
);
