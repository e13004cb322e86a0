// The options of `npm run test:kernel`.
import { parseArgs } from "node:util";
import { highWord, lowWord } from "../../src/base/bytes.ts";
import type { SeedWords } from "../../src/base/prng.ts";
import { UserError } from "../../src/base/user_error.ts";

/** Programs of one batch: they share a setup, and as many boots as they need. */
export const BATCH = 32;

export const USAGE = `npm run test:kernel -- [options]
Puts random programs to real kernels in QEMU and to the core, and compares operation by operation.
  --programs N       how many programs (200)
  --seed S           where they come from (1): the same seed, the same programs
  --first N          the number of the first program (0), a multiple of ${BATCH}
  --kernel K         v6.1, v6.12 or v7.3 only
  --variant V        up, updl, smp or smph only
  --parameters P     only setups with these kernel parameters ("" for none)
  --jobs N           machines at a time (2)
  --stall MS         silence that counts as a hang (6000)
  --verdicts         compares verdicts: programs with a mistake, as many for each kernel and each of
                     - F Z P FZ FP FZP FZPU, judged by what the kernel printed and by the core
  --keep DIR         where to store the scripts that differ
  --record           adds the counts to runs.json (verdicts.json), for docs/conformance.md
The kernel images are taken from the folder that SLABFUZZ_KERNELS names, else from
../shared/kernel-oracle. Without images, or without QEMU, nothing is tested.
Exit code: 0 no difference, 1 differences, 2 a mistake in the request, 130 interrupted.`;

export interface Options {
  readonly programs: number;
  readonly seed: SeedWords;
  readonly first: number;
  readonly kernel: string | undefined;
  readonly variant: string | undefined;
  readonly parameters: string | undefined;
  readonly jobs: number;
  readonly stallMs: number;
  readonly keep: string | undefined;
  readonly record: boolean;
  readonly verdicts: boolean;
  readonly help: boolean;
}

const STRING = { type: "string" } as const;

/** Reads the command line. */
export function readOptions(argv: readonly string[]): Options {
  const values = parse(argv);
  const first = wholeNumber("first", values.first ?? "0", 0);
  if (first % BATCH !== 0)
    throw new UserError(`--first needs a multiple of ${BATCH}, not ${first}`);
  const seed = BigInt(wholeNumber("seed", values.seed ?? "1", 0));
  return {
    programs: wholeNumber("programs", values.programs ?? "200", 1),
    seed: { high: highWord(seed), low: lowWord(seed) },
    first,
    kernel: values.kernel,
    variant: values.variant,
    parameters: values.parameters,
    jobs: wholeNumber("jobs", values.jobs ?? "2", 1),
    stallMs: wholeNumber("stall", values.stall ?? "6000", 100),
    keep: values.keep,
    record: values.record ?? false,
    verdicts: values.verdicts ?? false,
    help: values.help ?? false,
  };
}

function parse(argv: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        programs: STRING,
        seed: STRING,
        first: STRING,
        kernel: STRING,
        variant: STRING,
        parameters: STRING,
        jobs: STRING,
        stall: STRING,
        keep: STRING,
        record: { type: "boolean" },
        verdicts: { type: "boolean" },
        help: { type: "boolean" },
      },
    });
    return values;
  } catch (error) {
    throw new UserError(error instanceof Error ? error.message.split(". ")[0] : String(error));
  }
}

function wholeNumber(name: string, text: string, least: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least) return value;
  throw new UserError(`--${name} needs a whole number from ${least} on, not ${text}`);
}
