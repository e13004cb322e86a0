// slabfuzz matrix: one program, or one of each bug class, under every set of debug options.
import { type Command, Option } from "commander";
import { optionWords } from "../../base/option_text.ts";
import { packagePath } from "../../base/package_file.ts";
import { UserError } from "../../base/user_error.ts";
import { slabfuzzVersion } from "../../base/version.ts";
import { type Matrix, matrixOf } from "../../compare/matrix/matrix.ts";
import { matrixPage } from "../../compare/matrix/matrix_page.ts";
import { matricesLines, matrixLines, matrixMarkdown } from "../../compare/matrix/matrix_text.ts";
import { OPTION_SETS, parseOptionSets } from "../../compare/option_sets.ts";
import { representativeOf } from "../../compare/score/representative.ts";
import { SlabHeap } from "../../slub/core/heap.ts";
import { bugsOn } from "../../slub/gen/features.ts";
import type { ProfileName } from "../../slub/program/op.ts";
import { type BugName, bugsText } from "../../target/bug_names.ts";
import type { MachineOverrides } from "../../target/options.ts";
import { profilesOf, verdictPaint, writePage } from "../case_options.ts";
import { ExitCode } from "../exit_code.ts";
import { helpText } from "../help_text.ts";
import { OPTIONS, type Settings } from "../options/campaign_options.ts";
import { COMPARED } from "../options/compared.ts";
import { ownOption } from "../options/option.ts";
import { ProgressLine } from "../progress.ts";
import { resolveKernelSource } from "../source.ts";
import { note, print, printJson, setExitCode, shellLine } from "../terminal.ts";

/** The crash that slabfuzz began with: the package brings it along. */
const SEED = "examples/seed.slab";
const NO_OPTIONS = "which has no debug options to compare";

type Format = "table" | "markdown" | "json";

interface MatrixOptions extends Pick<Settings, "bugs" | "boot" | "cpus" | "kconfig"> {
  readonly seed: bigint;
  readonly options: string;
  readonly profile?: string;
  readonly format: Format;
  readonly json?: boolean;
  readonly html?: string;
}

export function register(program: Command): void {
  program
    .command("matrix")
    .description("run one program under every set of options")
    .argument("[source]", "a script, the folder of a finding, a token, or - (default: the seed)")
    .addOption(
      ownOption(OPTIONS, "bugs", "play one generated program of each of these bug classes, or all"),
    )
    .addOption(ownOption(OPTIONS, "seed", "what these are generated from", 1n))
    .option("--options <sets>", "sets of slub_debug letters with commas between, or all", "all")
    .option("--profile <kernels>", "kernels with commas between (default: v3.10,v6.1,v6.12)")
    .addOption(COMPARED.boot)
    .addOption(COMPARED.cpus)
    .addOption(COMPARED.kconfig)
    .addOption(
      new Option("--format <format>", "format of the output")
        .choices(["table", "markdown", "json"])
        .default("table"),
    )
    .option("--json", "the same as --format json")
    .option("--html <file>", "write it as one self-contained page, too")
    .addHelpText("after", () => helpText("matrix"))
    .action(run);
}

async function run(word: string | undefined, options: MatrixOptions): Promise<void> {
  if (word !== undefined && options.bugs !== undefined) {
    throw new UserError("a source and --bugs are two requests: say one of them");
  }
  const matrices = await matricesOf(word, options);
  show(matrices, options);
  if (options.html !== undefined) {
    const command = commandLine(word, options);
    writePage(options.html, matrixPage({ matrices, command, version: slabfuzzVersion() }));
  }
  const isBroken = matrices.some(({ cells }) => cells.some((one) => one.verdict === "invariant"));
  if (isBroken) setExitCode(ExitCode.FINDINGS);
}

function show(matrices: readonly Matrix[], { format, json }: MatrixOptions): void {
  const [first] = matrices;
  const isOne = matrices.length === 1;
  if (json || format === "json") printJson({ programs: matrices });
  else if (format === "markdown") print(matrices.flatMap(matrixMarkdown));
  else if (isOne) print(matrixLines(first, verdictPaint()));
  else print(matricesLines(matrices, verdictPaint()));
}

async function matricesOf(
  word: string | undefined,
  options: MatrixOptions,
): Promise<readonly Matrix[]> {
  const { bugs } = options;
  if (bugs !== undefined) return ofBugs(bugs, options);
  const source = await resolveKernelSource(word ?? packagePath(SEED), NO_OPTIONS);
  const { program, invariants } = source;
  const name = word === undefined ? SEED : source.name;
  return [matrixOf({ name, program, heap: source.newHeap(), invariants, ...cellsAsked(options) })];
}

interface CellsAsked {
  readonly profiles: readonly ProfileName[];
  readonly options: readonly string[];
  readonly machine: MachineOverrides;
}

function cellsAsked({ profile, boot, cpus, kconfig, options }: MatrixOptions): CellsAsked {
  return {
    profiles: profilesOf(profile, boot),
    options: options === "all" ? OPTION_SETS : parseOptionSets(options),
    machine: { boot, cpus, config: kconfig },
  };
}

function ofBugs(bugs: readonly BugName[], options: MatrixOptions): readonly Matrix[] {
  const heap = new SlabHeap();
  const asked = cellsAsked(options);
  const matrices: Matrix[] = [];
  const progress = new ProgressLine(options.json === true || options.format === "json");
  try {
    for (const [done, bug] of bugs.entries()) {
      progress.see({ what: bug, done, total: bugs.length, unit: "classes" });
      const matrix = ofBug(bug, options.seed, heap, asked);
      if (matrix !== undefined) matrices.push(matrix);
    }
  } finally {
    progress.end();
  }
  if (matrices.length === 0) throw new UserError(`--bugs ${bugsText(bugs)}: no program makes it`);
  return matrices;
}

function ofBug(bug: BugName, seed: bigint, heap: SlabHeap, asked: CellsAsked): Matrix | undefined {
  const profiles = asked.profiles.filter((profile) => bugsOn(profile, [bug]).length > 0);
  if (profiles.length === 0) return undefined;
  const program = representativeOf({ bug, seed });
  if (program === undefined) {
    note(`${bug}: none of the programs of seed ${seed} makes this mistake`);
    return undefined;
  }
  // The program's own header says which kernel, and options of the command override it.
  return matrixOf({ name: bug, program, heap, ...asked, profiles });
}

function commandLine(word: string | undefined, options: MatrixOptions): string {
  const { bugs, seed, profile, boot, cpus, kconfig, html } = options;
  const words = ["slabfuzz", "matrix", ...(word === undefined ? [] : [word])];
  const given = {
    "--bugs": bugs && bugsText(bugs),
    "--seed": bugs === undefined || seed === 1n ? undefined : seed,
    "--options": options.options === "all" ? undefined : options.options,
    "--profile": profile,
    "--boot": boot,
    "--cpus": cpus,
    "--kconfig": kconfig,
    "--html": html,
  };
  return shellLine([...words, ...optionWords(given)]);
}
