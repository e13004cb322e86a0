// slabfuzz corpus: the programs that the gate runs each time, and what they must show.

import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { counted } from "../../base/count_text.ts";
import { UserError } from "../../base/user_error.ts";
import { writeWholeFile } from "../../base/whole_file.ts";
import type { CorpusEntry, Expected } from "../../checks/gate/corpus.ts";
import { entryText, readCorpus } from "../../checks/gate/corpus.ts";
import { runGate } from "../../checks/gate/gate.ts";
import { type GateResult, isUnfinished } from "../../checks/gate/result.ts";
import { minimiseCorpus } from "../../search/minimise.ts";
import { isAlarm, VERDICTS, type Verdict } from "../../target/verdict.ts";
import { isToken } from "../../targets/targets.ts";
import { ensureFolder, machineOverrides } from "../case_options.ts";
import { addConfigOptions, type ConfigOptions, configuredWithoutCode } from "../config/load.ts";
import { ExitCode } from "../exit_code.ts";
import { helpText } from "../help_text.ts";
import { listenForInterrupt } from "../interrupt.ts";
import { MACHINE_OPTIONS, type MachineSettings, OPTIONS } from "../options/campaign_options.ts";
import { CI_OPTIONS, DEFAULT_CORPUS } from "../options/ci_options.ts";
import { oneOf } from "../options/kind.ts";
import { addOptions, option, ownOption } from "../options/option.ts";
import { knownName } from "../options/value.ts";
import { resolveSource } from "../source.ts";
import { note, print, printJson, setExitCode } from "../terminal.ts";

interface FolderOptions extends ConfigOptions {
  readonly corpus?: string;
  readonly json?: boolean;
}

interface AddOptions extends FolderOptions, MachineSettings {
  readonly name?: string;
  readonly expect?: Verdict;
  readonly exact?: boolean;
}

const EXPECT = option({
  flag: "--expect <verdict>",
  kind: oneOf(VERDICTS, knownName("verdict", VERDICTS)),
  about: "verdict that it must show",
});

export function register(program: Command): void {
  const command = program
    .command("corpus")
    .description("keep programs with what they must show")
    .helpCommand(false)
    .addHelpText("after", () => helpText("corpus"))
    .action(() => {
      throw new UserError(
        "slabfuzz corpus: say add, list, check or minimise (slabfuzz help corpus)",
      );
    });
  const add = command
    .command("add")
    .description("add a program, which must show from now on what it shows on our core")
    .argument("<source>", "a script, the folder of a finding, a token, or -")
    .option("--name <name>", "name of the file (default: that of the source)", nameValue)
    .option("--exact", "require our core's answers, byte for byte");
  withFolder(addOptions(add, { expect: EXPECT, ...MACHINE_OPTIONS })).action(addEntry);
  withFolder(command.command("list").description("list the programs"))
    .option("--json", "print them as JSON")
    .action(listEntries);
  withFolder(command.command("check").description("run only the programs"))
    .addOption(ownOption(OPTIONS, "target", "slub, canary:NAME, or FILE.wasm (default: slub)"))
    .action(checkEntries);
  command
    .command("minimise")
    .description("keep of a guided search's corpus what its edges need")
    .argument("<folders...>", "what fuzz --guided --corpus wrote; all goes into the first one")
    .option("--json", "print a JSON record")
    .action(minimise);
}

async function minimise(
  [folder, ...more]: readonly [string, ...string[]],
  options: { readonly json?: boolean },
): Promise<void> {
  const interruption = listenForInterrupt();
  try {
    const { signal } = interruption;
    const { before, after, features } = await minimiseCorpus({ folder, more, signal });
    if (options.json === true) printJson({ folder, before, after, features });
    else
      print(
        `${folder}: ${after} of ${counted(before, "program")} come by the same edges, as often`,
      );
    if (signal.aborted) setExitCode(ExitCode.INTERRUPTED);
  } finally {
    interruption.release();
  }
}

function withFolder(command: Command): Command {
  const folder = `the folder (default: ${DEFAULT_CORPUS})`;
  return addConfigOptions(command.addOption(ownOption(CI_OPTIONS, "corpus", folder)));
}

/** What the options say, then the config. */
async function folderOf(options: FolderOptions): Promise<string> {
  if (options.corpus !== undefined) return options.corpus;
  const settings = await configuredWithoutCode(options);
  return settings.ci?.corpus ?? DEFAULT_CORPUS;
}

async function addEntry(word: string, options: AddOptions): Promise<void> {
  const folder = await folderOf(options);
  const source = await resolveSource(shrunkOf(word));
  const program = source.on(machineOverrides(options)).onAnyCore();
  const shown = await program.judge({ isThorough: true });
  const expected = expectedOf(word, options, shown);
  const path = join(folder, `${options.name ?? fileNameOf(word)}.slab`);
  if (existsSync(path)) throw new UserError(`${path}: is there already, say another --name`);
  ensureFolder(folder);
  writeWholeFile(path, entryText(program, expected));
  print(`${path}: ${expectedText(expected)}`);
}

function expectedText({ verdict, signature }: Expected): string {
  return verdict === "ok" || signature === undefined ? verdict : `${verdict}, ${signature}`;
}

/** The smallest program of a finding's folder. */
function shrunkOf(word: string): string {
  const shrunk = join(word, "shrunk.slab");
  return existsSync(shrunk) ? shrunk : word;
}

function expectedOf(
  word: string,
  { expect, exact }: AddOptions,
  shown: { readonly verdict: string; readonly signature: string; readonly digest: string },
): Expected {
  const { verdict, signature } = shown;
  if (expect === undefined && isAlarm(verdict)) {
    throw new UserError(`${word}: shows ${verdict} (${signature}); say --expect VERDICT`);
  }
  const digest = exact === true ? shown.digest : undefined;
  if (expect === undefined || expect === verdict) return { verdict, signature, digest };
  return { verdict: expect, signature: undefined, digest: undefined };
}

/** The last part of a path, or the end of a token, in the letters of file names. */
function fileNameOf(word: string): string {
  const plain = isToken(word) ? word.slice(0, 80) : basename(word).replace(/\.(slab|json)$/, "");
  const name = plain.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  return name.slice(0, 100).replace(/^-|-$/g, "") || "program";
}

async function listEntries(options: FolderOptions): Promise<void> {
  const entries = await readCorpus(await folderOf(options));
  if (options.json === true) printJson(entries.map(recordOf));
  else for (const entry of entries) print(lineOf(entry));
}

function recordOf({ name, path, program, expected }: CorpusEntry): object {
  return { name, path, operations: program.opCount, ...expected };
}

function lineOf({ name, program, expected }: CorpusEntry): string {
  const { verdict, signature = "" } = expected;
  const length = counted(program.opCount, "operation");
  return `${name}  ${verdict}  ${length}  ${signature}`.trimEnd();
}

async function checkEntries(options: FolderOptions & { readonly target?: string }): Promise<void> {
  const corpus = await readCorpus(await folderOf(options));
  if (corpus.length === 0) throw new UserError("the corpus is empty, there is nothing to check");
  const result = await runGate({ target: options.target, corpus, sections: ["corpus"] });
  const { findings } = result;
  for (const { message } of findings) print(message);
  note(`${counted(corpus.length, "program")}, ${findings.length} not as they must be`);
  if (isUnfinished(result)) note("some programs could not finish in their time");
  setExitCode(codeOf(result));
}

function codeOf(result: GateResult): ExitCode {
  if (result.findings.length > 0) return ExitCode.FINDINGS;
  return isUnfinished(result) ? ExitCode.INTERNAL : ExitCode.OK;
}

function nameValue(text: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(text)) return text;
  throw new InvalidArgumentError(
    "must be a file name of up to 100 letters, digits, dots and dashes",
  );
}
