// slabfuzz cost: what operations cost, counted instead of timed, and held against a baseline.

import type { Command } from "commander";
import { counted } from "../../base/count_text.ts";
import { UserError } from "../../base/user_error.ts";
import { slabfuzzVersion } from "../../base/version.ts";
import { writeWholeFile } from "../../base/whole_file.ts";
import type { CostComparison } from "../../checks/cost/baseline.ts";
import { baselineText, compareCost, costOf } from "../../checks/cost/baseline.ts";
import { changeText, costComparisonLines, costTable } from "../../checks/cost/cost_text.ts";
import { measureCost, measureTime } from "../../checks/cost/measure.ts";
import type { CostRow, CostTable } from "../../checks/cost/row.ts";
import { costOfModule } from "../../checks/gate/module_gate_target.ts";
import { coreBytes } from "../../targets/core_files.ts";
import { isModule, refuseLimits } from "../../targets/targets.ts";
import { COUNTERS } from "../../wasm/meter.ts";
import { ExitCode } from "../exit_code.ts";
import { helpText } from "../help_text.ts";
import { costFileOf, findCost } from "../known_files.ts";
import { limitOption, OPTIONS } from "../options/campaign_options.ts";
import { OTHER_COST, TOLERANCE_MAX } from "../options/ci_options.ts";
import { ownOption } from "../options/option.ts";
import { percentUpTo } from "../options/value.ts";
import { print, printJson, setExitCode } from "../terminal.ts";

/** Of the rows of a core, those that are printed unless others are asked for. */
const USUAL_ROWS = "v6.1 320";

interface CostOptions {
  readonly baseline?: string;
  readonly update?: boolean;
  readonly exports?: string;
  readonly fuel?: number;
  readonly memory?: number;
  readonly tolerance: number;
  readonly rows?: string;
  readonly time?: boolean;
  readonly json?: boolean;
}

export function register(program: Command): void {
  program
    .command("cost")
    .description("count what operations execute")
    .argument("[target]", "slub, a .wasm file, or a package", "slub")
    .addOption(ownOption(OPTIONS, "exports", "how a module is called: malloc=NAME,free=NAME,..."))
    .addOption(limitOption("fuel"))
    .addOption(limitOption("memory"))
    .option("--baseline <file>", `compare with this (default: ours, or ${OTHER_COST}, if there)`)
    .option("--update", "write the baseline instead of comparing with it")
    .option(
      "--tolerance <percent>",
      "how much dearer a row may become",
      percentUpTo(TOLERANCE_MAX),
      0,
    )
    .option(
      "--rows <words>",
      `print rows with these words (default: of slub ${USUAL_ROWS}, or all)`,
    )
    .option("--time", "print nanoseconds beside the cost of a core")
    .option("--json", "print everything as JSON")
    .addHelpText("after", () => helpText("cost", { "other-cost": OTHER_COST }))
    .action(run);
}

async function run(target: string, options: CostOptions): Promise<void> {
  const { exports, fuel, memory, baseline: named } = options;
  const isForeign = await isModule(target, exports);
  if (!isForeign) refuseLimits(target, { fuel, memory });
  if (isForeign && options.time === true) {
    throw new UserError(
      `${target}: is a module, --time is for cores (slabfuzz bench times modules)`,
    );
  }
  const choice = { target, exports, fuel, memory };
  const table = isForeign ? await costOfModule(choice) : measureCost(coreBytes(target));
  const file = named ?? costFileOf(target);
  if (options.update === true) {
    writeWholeFile(file, baselineText(table));
    print(`${file}: ${counted(table.length, "row")}`);
    return;
  }
  const baseline = findCost(target, named);
  const comparison = baseline && compareCost(baseline, table, options.tolerance / 100);
  const times = options.time === true ? measureTime(coreBytes(target)) : undefined;
  if (options.json === true) printJson(recordOf(table, comparison, times));
  else {
    const rows = options.rows ?? (isForeign ? "" : USUAL_ROWS);
    print(linesOf({ target, table, comparison, times, file, rows }));
  }
  if (comparison !== undefined && comparison.dearer.length > 0) setExitCode(ExitCode.FINDINGS);
}

interface Shown {
  readonly target: string;
  readonly table: CostTable;
  readonly comparison: CostComparison | undefined;
  readonly times: ReadonlyMap<string, number> | undefined;
  readonly file: string;
  readonly rows: string;
}

function linesOf({ target, table, comparison, times, file, rows }: Shown): readonly string[] {
  const words = rows.split(/\s+/).filter((word) => word !== "");
  const shown = table.filter((row) => words.every((word) => isAbout(row, word)));
  if (shown.length === 0)
    throw new UserError(`--rows ${JSON.stringify(rows)}: there is no such row`);
  const verdict =
    comparison === undefined
      ? [`no baseline: slabfuzz cost ${target} --update writes ${file}`]
      : costComparisonLines(comparison, file);
  const part = `${shown.length} of ${counted(table.length, "row")}`;
  const head = `slabfuzz ${slabfuzzVersion()}: cost of ${target}, ${part}`;
  return [head, ...costTable(shown, times), "", ...verdict];
}

/** A kernel, letters or a size in full; of a kind, a part is enough. */
function isAbout({ name, kind }: CostRow, word: string): boolean {
  return name.split(" ").includes(word) || kind.includes(word);
}

function recordOf(
  table: CostTable,
  comparison: CostComparison | undefined,
  times: ReadonlyMap<string, number> | undefined,
): unknown {
  return {
    counters: COUNTERS,
    rows: table.map((row) => ({ ...row, cost: costOf(row), ns: times?.get(row.name) })),
    dearer: comparison?.dearer.map(changeText),
    cheaper: comparison?.cheaper.map(changeText),
    added: comparison?.added,
    gone: comparison?.gone,
  };
}
