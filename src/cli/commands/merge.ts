// slabfuzz merge: the results of one campaign that were gained apart, put together.
import type { Command } from "commander";
import { slabfuzzVersion } from "../../base/version.ts";
import { type FuzzResult, UnstoredCampaign } from "../../campaign/fuzz.ts";
import { merge } from "../../campaign/merge.ts";
import { showResult } from "../fuzz_lines.ts";
import { helpText } from "../help_text.ts";
import { listenForInterrupt } from "../interrupt.ts";
import { failureCode } from "../known_findings.ts";
import { OPTIONS, type Settings } from "../options/campaign_options.ts";
import { ownOption } from "../options/option.ts";
import { ProgressLine } from "../progress.ts";
import { note, print, setExitCode, shellLine } from "../terminal.ts";

interface MergeOptions {
  readonly out: string;
  readonly jobs: number;
  readonly failOn: Settings["failOn"];
  readonly listAll?: boolean;
  readonly json?: boolean;
}

export function register(program: Command): void {
  program
    .command("merge")
    .description("put the results of shards together")
    .argument("<folders...>", "folders that slabfuzz fuzz or slabfuzz merge has written")
    .requiredOption("--out <folder>", "where the whole is stored")
    .addOption(ownOption(OPTIONS, "jobs", "worker threads", 1))
    .addOption(ownOption(OPTIONS, "failOn", "what makes the exit code 1", "new"))
    .option("--list-all", "list every class and every finding, not only what matters most")
    .option("--json", "print the result as JSON")
    .addHelpText("after", () => helpText("merge"))
    .action(run);
}

async function run(folders: readonly string[], options: MergeOptions): Promise<void> {
  const { out, jobs, failOn, json } = options;
  const { signal, release } = listenForInterrupt();
  const progress = new ProgressLine(json);
  const show = (result: FuzzResult) => {
    const { target, seed } = result.options;
    const what = `merge ${folders.length} folders of ${target}, seed ${seed}`;
    (json === true ? note : print)(`slabfuzz ${slabfuzzVersion()}: ${what}`);
    const again = shellLine(["slabfuzz", "merge", ...folders, "--out", out]);
    const cut = `interrupted before all findings were written up; again: ${again}`;
    showResult(result, options, result.interrupted ? [cut] : []);
  };
  try {
    const onFolder = (done: number, total: number) =>
      progress.see({ what: "writing up", done, total, unit: "findings" });
    const result = await merge({ folders, out, jobs, signal, onFolder });
    show(result);
    setExitCode(failureCode({ failOn }, result));
  } catch (error) {
    if (error instanceof UnstoredCampaign) show(error.result);
    throw error;
  } finally {
    progress.end();
    release();
  }
}
