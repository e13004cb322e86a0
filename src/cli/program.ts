// The command line as a whole: what `slabfuzz --help` says, and how every mistake in a request ends
// as one sentence on stderr.
import { Command, CommanderError } from "commander";
import { unknownText } from "../base/option_text.ts";
import { isOutOfMemory, UserError } from "../base/user_error.ts";
import { slabfuzzVersion } from "../base/version.ts";
import { shortened } from "../base/visible.ts";
import { ExitCode } from "./exit_code.ts";
import { HELP_WIDTH, helpBeginning, helpText } from "./help_text.ts";
import { type Streams, safeLine } from "./terminal.ts";

/**
 * The parser of the command line, with all commands, or with `only` one: a campaign of a second
 * would take half of it to load what the other commands need.
 */
export async function createProgram(streams: Streams, only?: string): Promise<Command> {
  const program = new Command("slabfuzz")
    .description("Fuzzes a faithful model of the kernel's SLUB allocator, and knows the truth.")
    .version(slabfuzzVersion(), "-V, --version", "say which slabfuzz this is")
    .helpOption("-h, --help", "show this help")
    .addHelpText("after", () => helpText("slabfuzz"))
    .configureHelp({ helpWidth: HELP_WIDTH, commandDescription: beginningOf })
    .exitOverride()
    .configureOutput({
      writeOut: streams.out,
      writeErr: streams.error,
      outputError: (message) => complain(streams, `slabfuzz: ${oneSentence(message)}`),
    });
  for (const [group, commands] of Object.entries(COMMANDS)) {
    program.commandsGroup(`${group}:`);
    const wanted = Object.entries(commands).filter(([name]) => only === undefined || only === name);
    const loaded = await Promise.all(wanted.map(([, load]) => load()));
    for (const { register } of loaded) register(program);
  }
  return program.helpCommand("help [command]", "say more about a command");
}

/** Commands of commands have texts of their own, such as targets-inspect.txt. */
function beginningOf(command: Command): string {
  const { parent } = command;
  const isDeep = parent?.parent != null;
  const name = isDeep ? `${parent?.name()}-${command.name()}` : command.name();
  return helpBeginning(name, command.description());
}

/** Runs a command line. Returns its exit code, or nothing if the command set one itself. */
export async function runProgram(
  words: readonly string[],
  streams: Streams,
): Promise<ExitCode | undefined> {
  try {
    if (words.length === 0) {
      throw new UserError(
        "slabfuzz: no command given: try slabfuzz fuzz --time 10s, or slabfuzz replay FILE " +
          "(slabfuzz --help lists all)",
      );
    }
    const program = await createProgram(streams, loneCommand(words));
    refuseUnknownWord(program, words);
    await program.parseAsync(words, { from: "user" });
    return undefined;
  } catch (error) {
    return exitCodeOf(error, streams);
  }
}

const NO_MEMORY =
  "there is not enough memory or address space for this: allow more (ulimit -v), or fewer --jobs";

/** Commander would count arguments, or answer with all that it has to say. */
function refuseUnknownWord({ commands }: Command, [first, word]: readonly string[]): void {
  const isHelp = first === "help";
  const below = isHelp ? commands : commands.find((command) => command.name() === first)?.commands;
  const names = [...(isHelp ? ["help"] : []), ...(below ?? []).map((command) => command.name())];
  if (names.length === 0 || word === undefined || word.startsWith("-")) return;
  const kind = isHelp ? "command" : `command of ${first}`;
  if (!names.includes(word)) throw new UserError(`slabfuzz: ${unknownText(kind, word, names)}`);
}

/** Says what went wrong, and what the process ends with. */
export function exitCodeOf(error: unknown, streams: Streams): ExitCode {
  if (error instanceof CommanderError) {
    return error.exitCode === 0 ? ExitCode.OK : ExitCode.REQUEST;
  }
  if (error instanceof UserError) {
    complain(streams, error.message);
    return ExitCode.REQUEST;
  }
  if (isOutOfMemory(error)) {
    streams.error(`slabfuzz: ${NO_MEMORY}\n`);
    return ExitCode.REQUEST;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const lines = `slabfuzz: internal error, please report it: ${text}`.split("\n");
  streams.error(lines.map((line) => `${safeLine(line)}\n`).join(""));
  return ExitCode.INTERNAL;
}

/** A name may have any length, a sentence may not. */
const SENTENCE_MAX = 1500;

function complain(streams: Streams, message: string): void {
  streams.error(`${shortened(safeLine(message), SENTENCE_MAX)}\n`);
}

/** What commander says of a value: `option '--cpus <n>' argument 'x' is invalid. It has ...` */
const OF_A_VALUE = /^option '(?:-\w, )?(--[\w-]+)[^']*' argument '(.*)' is invalid\. (.*?)\.?$/s;

/** Commander says "error: ..." and puts its suggestions on lines of their own. */
function oneSentence(message: string): string {
  const plain = message.replace(/^error: /, "").trim();
  const [, option, value, problem] = OF_A_VALUE.exec(plain) ?? [];
  if (option !== undefined)
    return `${option} ${shortened(value, 80)}: ${problem.replace(/^A(?=llowed)/, "a")}`;
  return plain.replace(/\n(?=\(Did you mean)/, " ").replace(/\. Expected (.*)\.$/, ": expected $1");
}

/** The command that needs no other: code of twenty-five commands takes its time to load. */
function loneCommand([word = ""]: readonly string[]): string | undefined {
  if (word === "-V" || word === "--version") return word;
  const isKnown = Object.values(COMMANDS).some((commands) => Object.hasOwn(commands, word));
  return isKnown && word !== ABOUT_ALL ? word : undefined;
}

/** It says what there is to complete. */
const ABOUT_ALL = "completion";

/** Registers a command; its file is loaded when it is asked for. */
type Commands = Readonly<
  Record<string, () => Promise<{ readonly register: (program: Command) => void }>>
>;

/**
 * All commands, in the groups and in the order of the help. To add one: a file in commands/ that
 * exports `register(program)`, a line here, and a row in docs/index.md.
 */
export const COMMANDS: Readonly<Record<string, Commands>> = {
  Find: {
    start: () => import("./commands/start.ts"),
    fuzz: () => import("./commands/fuzz.ts"),
    merge: () => import("./commands/merge.ts"),
    fleet: () => import("./commands/fleet.ts"),
    exhaust: () => import("./commands/exhaust.ts"),
    targets: () => import("./commands/targets.ts"),
  },
  Understand: {
    replay: () => import("./commands/replay.ts"),
    view: () => import("./commands/view.ts"),
    playground: () => import("./commands/playground.ts"),
    teach: () => import("./commands/teach.ts"),
    shrink: () => import("./commands/shrink.ts"),
    explain: () => import("./commands/explain.ts"),
    geometry: () => import("./commands/geometry.ts"),
    script: () => import("./commands/script.ts"),
  },
  Guard: {
    ci: () => import("./commands/ci.ts"),
    init: () => import("./commands/init.ts"),
    corpus: () => import("./commands/corpus.ts"),
    golden: () => import("./commands/golden.ts"),
    cost: () => import("./commands/cost.ts"),
    mutate: () => import("./commands/mutate.ts"),
  },
  Compare: {
    matrix: () => import("./commands/matrix.ts"),
    score: () => import("./commands/score.ts"),
    bench: () => import("./commands/bench.ts"),
  },
  Tools: {
    import: () => import("./commands/import.ts"),
    export: () => import("./commands/export.ts"),
    completion: () => import("./commands/completion.ts"),
  },
};
