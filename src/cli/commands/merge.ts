// slabfuzz merge: the results of one campaign that were gained apart, put together.
import { type Command, Option } from "commander";
import { slabfuzzVersion } from "../../base/version.ts";
import { merge } from "../../campaign/merge.ts";
import { summaryLines } from "../../campaign/summary.ts";
import { FAIL_ON, type FailOn } from "../config/settings.ts";
import { fuzzRecord, repeatLine } from "../fuzz_lines.ts";
import { helpText } from "../help_text.ts";
import { failureCode } from "../known_files.ts";
import { jobsValue } from "../option_value.ts";
import { note, print, printJson, setExitCode } from "../terminal.ts";

interface MergeOptions {
  readonly out: string;
  readonly jobs: number;
  readonly failOn: FailOn;
  readonly listAll?: boolean;
  readonly json?: boolean;
}

export function register(program: Command): void {
  program
    .command("merge")
    .description("put the results of shards together")
    .argument("<folders...>", "folders that slabfuzz fuzz or slabfuzz merge has written")
    .requiredOption("--out <folder>", "where the whole is stored")
    .option("--jobs <n>", "worker threads", jobsValue, 1)
    .addOption(
      new Option("--fail-on <what>", "what makes the exit code 1").choices(FAIL_ON).default("new"),
    )
    .option("--list-all", "list every finding, not only the first twenty")
    .option("--json", "print the result as JSON")
    .addHelpText("after", () => helpText("merge"))
    .action(run);
}

async function run(folders: readonly string[], options: MergeOptions): Promise<void> {
  const { out, jobs, json, listAll: listsAll, failOn } = options;
  const say = json === true ? note : print;
  const result = await merge({ folders, out, jobs });
  const { target, seed } = result.options;
  say(`slabfuzz ${slabfuzzVersion()}: merge ${folders.length} folders of ${target}, seed ${seed}`);
  if (json === true) printJson(fuzzRecord(result));
  else {
    const shape = { classes: result.options.bugs, listsAll, folder: out };
    print(["", ...summaryLines(result.summary, shape)]);
  }
  const repeat = repeatLine(result, jobs);
  if (repeat !== undefined) say(`repeat: ${repeat}`);
  setExitCode(failureCode({ failOn }, result));
}
