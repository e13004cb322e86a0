// The command line options of the acceptance run.
import { parseArgs } from "node:util";
import { UserError } from "../../src/base/user_error.ts";
import type { ProfileName } from "../../src/slub/program/op.ts";
import { isProfileName } from "../../src/slub/program/variant.ts";
import { BUG_NAMES, type BugName, isBugName } from "../../src/target/bug_names.ts";

/** The sets of options that every class is tried under. */
export const LETTER_SETS = ["-", "F", "Z", "P", "FZ", "FP", "FZP", "FZPU"] as const;

export interface Options {
  readonly help: boolean;
  readonly classes: readonly BugName[];
  readonly letters: readonly string[];
  readonly cases: number;
  readonly seed: bigint;
  readonly profile: ProfileName;
  /** A recorded kernel configuration, undefined for the profile's usual one. */
  readonly boot: string | undefined;
  readonly ops: number;
}

export const USAGE = `npm run test:acceptance -- [options]

Injects every bug class under every set of options, judges each case, and prints two tables: the
verdicts, and how they agree with what the checks were expected to see. A quarter as many benign
twins run, too, and none may be reported.

  --class NAMES     bug classes with commas between (default: all, and none)
  --options SETS    slub_debug letters with commas between (default: ${LETTER_SETS.join(",")})
  --cases N         cases of each class under each set (default 500)
  --profile NAME    v3.10, v6.1 or v6.12 (default v6.1)
  --boot NAME       up, updl, smp, smph, debian, v310, v310ndl or v310nm
  --ops N           operations of a program before its end, at most (default 100)
  --seed N          (default 1)`;

export function readOptions(argv: readonly string[]): Options {
  const { values } = parse(argv);
  return {
    help: values.help === true,
    classes: values.class === undefined ? BUG_NAMES : values.class.split(",").map(bugName),
    letters: values.options === undefined ? LETTER_SETS : values.options.split(","),
    cases: positive("cases", values.cases ?? "500"),
    seed: BigInt(positive("seed", values.seed ?? "1")),
    profile: profileName(values.profile ?? "v6.1"),
    boot: values.boot,
    ops: positive("ops", values.ops ?? "100"),
  };
}

function parse(argv: readonly string[]) {
  const text = { type: "string" } as const;
  const options = {
    class: text,
    options: text,
    cases: text,
    profile: text,
    boot: text,
    ops: text,
    seed: text,
    help: { type: "boolean" },
  } as const;
  try {
    return parseArgs({ args: [...argv], options });
  } catch (error) {
    throw new UserError((error as Error).message);
  }
}

function profileName(name: string): ProfileName {
  if (isProfileName(name)) return name;
  throw new UserError(`unknown profile ${JSON.stringify(name)}`);
}

function bugName(name: string): BugName {
  if (isBugName(name)) return name;
  throw new UserError(
    `unknown bug class ${JSON.stringify(name)} (there are: ${BUG_NAMES.join(" ")})`,
  );
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new UserError(`--${name}: ${JSON.stringify(text)} is not a positive number`);
}
