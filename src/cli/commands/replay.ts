// slabfuzz replay: runs one program and shows it, operation by operation.
import { type Command, Option } from "commander";
import type { ReplayLine, ReplayRequest } from "../../target/program.ts";
import { addMachineOptions, type MachineOptions, machineOverrides } from "../case_options.ts";
import { wholeNumber } from "../option_value.ts";
import { cutProgram, resolveSource } from "../source.ts";
import { colours, print } from "../terminal.ts";

/** What --show shows: slub/words/show.ts makes the views. */
const VIEWS = ["slabs", "slabinfo"];

type Format = "dmesg" | "log" | "json";

interface ReplayOptions extends MachineOptions {
  readonly format: Format;
  readonly json?: boolean;
  readonly until?: number;
  readonly show?: string;
}

const DETAILS = `
SOURCE is a script, the folder of a finding, a token, or - for a script on stdin. A program of a
module with an allocator (slabfuzz help targets) has no machine: it is shown as text or as json.

Formats: dmesg shows each operation, its result, and what a kernel log would show for it; log is the
format of the recordings of real kernels; json has operations (each with text, result and kernel
lines), verdict, signature, impact and digest.

--show looks at the heap after the last operation that ran (that of --until, or the one that killed
the machine) instead: slabs lists caches, slabs and objects in the manner of kmem -S of the crash
tool, with damaged lists as what they are (cycle, foreign, misaligned); slabinfo has the columns of
/proc/slabinfo. With --json both are data.

The options override what the script's own header says.

Examples:
  slabfuzz replay examples/seed.slab
  slabfuzz replay examples/seed.slab --slub-debug FZP
  slabfuzz replay script.txt --profile v6.12 --boot smp --format log
  slabfuzz replay examples/seed.slab --until 12 --show slabs
`;

export function register(program: Command): void {
  const command = program
    .command("replay")
    .description("run one program and show what happens, operation by operation")
    .argument("<source>", "a script, the folder of a finding, a token, or -")
    .addOption(
      new Option("--format <format>", "how to show it")
        .choices(["dmesg", "log", "json"])
        .default("dmesg"),
    )
    .option("--json", "the same as --format json")
    .option("--until <op>", "the last operation to run, counted from 0", wholeNumber)
    .addOption(new Option("--show <what>", "the heap afterwards instead").choices(VIEWS));
  addMachineOptions(command).addHelpText("after", DETAILS).action(run);
}

async function run(word: string, options: ReplayOptions): Promise<void> {
  const program = cutProgram(await resolveSource(word), options.until);
  const { show } = options;
  const machine = machineOverrides(options);
  const isJson = options.json === true || options.format === "json";
  if (isJson) {
    const record = await program.replayRecord({ format: "dmesg", show, machine });
    print(JSON.stringify(record, null, 2));
    return;
  }
  const format = options.format as ReplayRequest["format"];
  const lines = await program.replay({ format, show, machine });
  print(`${lines.map(painted).join("\n")}\n`);
}

/** Operations stand out from what the kernel says about them. */
function painted({ text, kind }: ReplayLine): string {
  const { bold, yellow } = colours();
  if (kind === "news") return bold(text);
  return kind === "kernel" ? yellow(text) : text;
}
