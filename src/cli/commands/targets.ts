// slabfuzz targets: what can be fuzzed, and what was found out about a module.
import type { Command } from "commander";
import { UserError } from "../../base/user_error.ts";
import { writeWholeFile } from "../../base/whole_file.ts";
import {
  checkModules,
  isFaulty,
  type ModuleCheck,
  type ModuleCheckRequest,
} from "../../checks/module_check.ts";
import { moduleReportJunit, moduleReportLines } from "../../checks/output/module_report.ts";
import { inspectionLines, inspectionOf } from "../../module/load/inspection.ts";
import { PROBE_MS } from "../../module/module_target.ts";
import { CANARY_NAMES } from "../../slub/named_core.ts";
import { moduleTargetFor } from "../../targets/targets.ts";
import { addConfigOptions, type ConfigOptions, configuredWithoutCode } from "../config/load.ts";
import { chosenTarget } from "../config/settings.ts";
import { ExitCode } from "../exit_code.ts";
import { helpText } from "../help_text.ts";
import { listenForInterrupt } from "../interrupt.ts";
import { limitOption, OPTIONS } from "../options/campaign_options.ts";
import { ownOption } from "../options/option.ts";
import { readWith } from "../options/value.ts";
import { ProgressLine } from "../progress.ts";
import { print, printJson, setExitCode } from "../terminal.ts";

/** How long a check takes where nothing is said. */
const CHECK_MS = 20_000;
/** CPU time of a case where nothing is said, as for all campaigns. */
const CASE_MS = 10_000;
const EXPORTS_ABOUT = "which export does what: malloc=NAME,free=NAME,...";

interface InspectOptions extends ConfigOptions {
  readonly exports?: string;
  readonly module?: string;
  readonly timeout?: number;
  readonly fuel?: number;
  readonly memory?: number;
  readonly json?: boolean;
}

interface CheckOptions extends InspectOptions {
  readonly time?: number;
  readonly seed?: bigint;
  readonly jobs?: number;
  readonly junit?: string;
  readonly stopOnFirst?: boolean;
  readonly fragmentedMax?: number;
}

/** How many times: a decimal number, at least 1. */
const timesFrom = readWith((text) => {
  if (/^\d{1,6}(\.\d{1,6})?$/.test(text) && Number(text) >= 1) return Number(text);
  throw new UserError("must be a number of times, such as 1.5, and at least 1");
});

export function register(program: Command): void {
  const command = addConfigOptions(program.command("targets"))
    .description("list what can be fuzzed")
    .helpCommand(false)
    .addHelpText("after", () => helpText("targets"))
    .action(list);
  addConfigOptions(command.command("inspect"))
    .description("how the allocator of a module is called, and what it can give")
    .argument("<target>", "a .wasm file, a package, tlsf, or a name from the config")
    .addOption(ownOption(OPTIONS, "exports", EXPORTS_ABOUT))
    .addOption(ownOption(OPTIONS, "module"))
    .addOption(ownOption(OPTIONS, "timeout", "CPU time that measuring it may take", PROBE_MS))
    .addOption(limitOption("fuel"))
    .addOption(limitOption("memory"))
    .option("--json", "print what was found as JSON")
    .addHelpText("after", () => helpText("targets-inspect"))
    .action(inspect);
  addConfigOptions(command.command("check"))
    .description("is the allocator of each module in a package sound?")
    .argument("<target>", "a package, a .wasm file, or a script that carries a module")
    .addOption(ownOption(OPTIONS, "exports", EXPORTS_ABOUT))
    .addOption(ownOption(OPTIONS, "module", "which module of a package (default: all)"))
    .addOption(ownOption(OPTIONS, "time", "for all modules together", CHECK_MS))
    .addOption(ownOption(OPTIONS, "seed"))
    .addOption(ownOption(OPTIONS, "jobs"))
    .addOption(ownOption(OPTIONS, "stopOnFirst", "end a module's campaign with its first fault"))
    .addOption(ownOption(OPTIONS, "timeout", "CPU time that one case may take", CASE_MS))
    .addOption(limitOption("fuel"))
    .addOption(limitOption("memory"))
    .option("--json", "print the result as JSON")
    .option("--junit <file>", "write the result as JUnit XML, too")
    .option(
      "--fragmented-max <times>",
      "a fault: a workload takes more than so many times the live bytes (default: none is)",
      timesFrom,
    )
    .addHelpText("after", () => helpText("targets-check"))
    .action(check);
}

async function list(options: ConfigOptions): Promise<void> {
  const { targets = {} } = await configuredWithoutCode(options);
  const named = Object.entries(targets);
  const lines = [
    "slub           the kernel's allocator, modelled (the default)",
    `canary:NAME    the same with one deliberate bug: ${CANARY_NAMES.join(" ")}`,
    "tlsf           the allocator of AssemblyScript's standard library",
    "FILE.wasm      any module with an allocator, or with the exports of slub's core",
    "FILE.js        the module that a script carries in its text",
    "PACKAGE        the module of an npm package: its folder, or its name",
    ...named.map(([name, { target, exports }]) => `${name.padEnd(14)} ${target} (${exports})`),
  ];
  print(lines);
}

/** The options of a command stand before its subcommands, too. */
async function inspect(word: string, _: InspectOptions, command: Command): Promise<void> {
  const { exports, module, json, timeout, fuel, memory, ...options } =
    command.optsWithGlobals<InspectOptions>();
  const { targets } = await configuredWithoutCode(options);
  const choice = await chosenTarget({ targets, target: word, exports, module });
  const target = await moduleTargetFor({ ...choice, target: choice.target ?? word, fuel, memory });
  await target.prepare(timeout);
  const footprint = await target.footprint(timeout);
  const inspection = inspectionOf(target.loaded, { probe: target.probe, footprint });
  if (json === true) printJson(inspection);
  else print(inspectionLines(inspection));
}

async function check(word: string, _: CheckOptions, command: Command): Promise<void> {
  const { json = false, junit, ...options } = command.optsWithGlobals<CheckOptions>();
  const { targets } = await configuredWithoutCode(options);
  const { exports, module, time: timeMs = CHECK_MS, timeout, ...rest } = options;
  const { seed, jobs, stopOnFirst, fragmentedMax, fuel, memory } = rest;
  const choice = await chosenTarget({ targets, target: word, exports, module });
  const place = { word: choice.target ?? word, exports: choice.exports, fuel, memory };
  const request = { ...place, timeMs, timeoutMs: timeout, seed, jobs, stopOnFirst, fragmentedMax };
  const checks = await checkedModules(request, json);
  if (junit !== undefined) writeWholeFile(junit, moduleReportJunit(word, checks));
  if (json) printJson({ target: word, modules: checks });
  else print(moduleReportLines(checks));
}

/** Checks, and sets the exit code; refuses a package of which no module could be judged. */
async function checkedModules(
  request: ModuleCheckRequest,
  isSilent: boolean,
): Promise<readonly ModuleCheck[]> {
  const progress = new ProgressLine(isSilent);
  const interruption = listenForInterrupt();
  const onModule = (path: string, done: number, total: number) => {
    progress.see({ what: path, done, total, unit: "modules" });
  };
  try {
    const checks = await checkModules({ ...request, onModule, signal: interruption.signal });
    const { aborted } = interruption.signal;
    if (!aborted && checks.every(({ summary }) => summary === undefined)) throw noneJudged(checks);
    const code = checks.some(isFaulty) ? ExitCode.FINDINGS : ExitCode.OK;
    setExitCode(aborted ? ExitCode.INTERRUPTED : code);
    return checks;
  } finally {
    progress.end();
    interruption.release();
  }
}

function noneJudged([first, ...rest]: readonly ModuleCheck[]): UserError {
  const others = rest.length === 0 ? "" : ` (and ${rest.length} more that cannot be judged)`;
  return new UserError(`${first.path}: ${first.refused}${others}`);
}
