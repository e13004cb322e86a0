// slabfuzz targets: what can be fuzzed, and what was found out about a module.
import type { Command } from "commander";
import { inspectionLines, inspectionOf } from "../../module/load/inspection.ts";
import { CANARY_NAMES } from "../../slub/named_core.ts";
import { moduleTargetFor } from "../../targets/targets.ts";
import { addConfigOptions, type ConfigOptions, configuredWithoutCode } from "../config/load.ts";
import { helpText } from "../help_text.ts";
import { print, printJson } from "../terminal.ts";

interface InspectOptions extends ConfigOptions {
  readonly exports?: string;
  readonly json?: boolean;
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
