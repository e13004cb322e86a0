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
import { CANARY_NAMES } from "../../slub/named_core.ts";
import { moduleTargetFor } from "../../targets/targets.ts";
import { addConfigOptions, type ConfigOptions, configuredWithoutCode } from "../config/load.ts";
import { ExitCode } from "../exit_code.ts";
import { helpText } from "../help_text.ts";
import { listenForInterrupt } from "../interrupt.ts";
import { OPTIONS } from "../options/campaign_options.ts";
import { ownOption } from "../options/option.ts";
import { ProgressLine } from "../progress.ts";
import { print, printJson, setExitCode } from "../terminal.ts";

/** How long a check takes where nothing is said. */
const CHECK_MS = 20_000;

interface InspectOptions extends ConfigOptions {
  readonly exports?: string;
  readonly json?: boolean;
}

interface CheckOptions extends InspectOptions {
  readonly time?: number;
  readonly seed?: bigint;
  readonly jobs?: number;
  readonly junit?: string;
  readonly stopOnFirst?: boolean;
}

export function register(program: Command): void {
  const command = addConfigOptions(program.command("targets"))
    .description("list what can be fuzzed")
    .helpCommand(false)
    .addHelpText("after", () => helpText("targets"))
    .action(list);
  addConfigOptions(command.command("inspect"))
    .description("how the allocator of a module is called, and what it can give")
    .argument("<target>", "a .wasm file, a package, tlsf, or a name from the config")
    .option("--exports <names>", "which export does what: malloc=NAME,free=NAME,...")
    .option("--json", "print what was found as JSON")
    .addHelpText("after", () => helpText("targets-inspect"))
    .action(inspect);
  addConfigOptions(command.command("check"))
    .description("is the allocator of each module in a package sound?")
    .argument("<target>", "a package, a .wasm file, or a script that carries a module")
    .option("--exports <names>", "which export does what: malloc=NAME,free=NAME,...")
    .addOption(ownOption(OPTIONS, "time", "for all modules together", CHECK_MS))
    .addOption(ownOption(OPTIONS, "seed"))
    .addOption(ownOption(OPTIONS, "jobs"))
    .option("--stop-on-first", "end a module's campaign with its first fault")
    .option("--json", "print the result as JSON")
    .option("--junit <file>", "write the result as JUnit XML, too")
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
  const { exports, json, ...options } = command.optsWithGlobals<InspectOptions>();
  const { targets: named = {} } = await configuredWithoutCode(options);
  const known = exports === undefined && Object.hasOwn(named, word) ? named[word] : undefined;
  const choice = known ?? { target: word, exports };
  const target = await moduleTargetFor(choice.target, choice.exports);
  await target.prepare();
  const inspection = inspectionOf(target.loaded, target.probe);
  if (json === true) printJson(inspection);
  else print(inspectionLines(inspection));
}

async function check(word: string, _: CheckOptions, command: Command): Promise<void> {
  const { json = false, junit, ...options } = command.optsWithGlobals<CheckOptions>();
  const { targets: named = {} } = await configuredWithoutCode(options);
  const known = Object.hasOwn(named, word) ? named[word] : undefined;
  const { exports, time: timeMs = CHECK_MS, seed, jobs, stopOnFirst } = options;
  const choice = exports === undefined && known !== undefined ? known : { target: word, exports };
  const request = { word: choice.target, exports: choice.exports, timeMs, seed, jobs, stopOnFirst };
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
