// What slabfuzz fuzz says around its result: its first line, and the commands that carry on with
// the campaign or run it again.
import { slabfuzzVersion } from "../base/version.ts";
import type { FuzzResult } from "../campaign/fuzz.ts";
import { invariantsText } from "../campaign/invariant_text.ts";
import { type CampaignOptions, machineOf } from "../campaign/options.ts";
import { bugsText, shapeText, sizesText, workloadText } from "../campaign/shape_text.ts";
import { rangeOf, type Start } from "../campaign/start.ts";
import { bootLineOf } from "../program/boot_line.ts";
import { wordsOfShape } from "./shape_options.ts";
import { shellLine } from "./shell_words.ts";

/** Seed and options; what is done already, if there is any. */
export function firstLine({ options, header, before }: Start, jobs: number): string {
  const machine = machineOf(options);
  const shard = header.shard === "1/1" ? "" : `, shard ${header.shard}`;
  const done = before.isEmpty ? "" : `, resumed after ${before.done.size} cases`;
  return (
    `slabfuzz ${slabfuzzVersion()}: fuzz ${options.target}, seed ${options.seed}, ` +
    `${machine.profile}, boot ${bootLineOf(machine)}, bugs ${bugsText(options.bugs)}, ` +
    `${shapeWords(options)}ops ${options.opCountMax}, jobs ${jobs}${shard}${done}`
  );
}

/** What is not as usual, for the first line of a run. */
function shapeWords(campaign: CampaignOptions): string {
  const rules = invariantsText(campaign.invariants);
  const shape = shapeText(campaign).split(";");
  const words = [...shape, rules && `rules ${rules}`].filter((word) => word !== "");
  return words.map((word) => `${word}, `).join("");
}

/** How to go on where a run was interrupted. */
export function resumeLine(
  folder: string,
  { summary, isFinished }: FuzzResult,
): string | undefined {
  if (isFinished) return undefined;
  const line = shellLine(["slabfuzz", "fuzz", "--resume", folder]);
  return `interrupted after ${summary.cases} cases; resume: ${line}`;
}

/** The command that runs the same cases again; undefined where no single one does. */
export function repeatLine(result: FuzzResult, jobs: number): string | undefined {
  const limits = limitWords(result);
  if (limits === undefined) return undefined;
  const words = ["slabfuzz", "fuzz", ...campaignWords(result.start.options), ...limits];
  if (jobs > 1) words.push("--jobs", String(jobs));
  return shellLine(words);
}

function campaignWords(campaign: CampaignOptions): string[] {
  const { profile, boot, slubDebug, cpus, config } = campaign.machine;
  const words: string[] = [];
  const put = (name: string, value: string | number | bigint | undefined): void => {
    if (value !== undefined) words.push(name, String(value));
  };
  if (campaign.target !== "slub") put("--target", campaign.target);
  put("--profile", profile);
  put("--boot", boot);
  put("--slub-debug", slubDebug);
  put("--cpus", cpus);
  put("--kconfig", config);
  words.push(...wordsOfShape(campaign));
  const { invariants } = campaign;
  if (invariants !== undefined) put("--invariants", invariantsText(invariants));
  put("--seed", campaign.seed);
  return words;
}

/** Cases from 0 on are a number of cases; a finished shard is that shard. */
function limitWords({ start: { header }, done }: FuzzResult): string[] | undefined {
  const { cases, shard } = header;
  const [first, end] = done.ranges[0] ?? [0, 0];
  if (done.ranges.length <= 1 && first === 0 && end > 0) return ["--cases", String(end)];
  const isWholeShard = cases !== null && done.gapsIn(rangeOf(header)).length === 0;
  return isWholeShard ? ["--cases", String(cases), "--shard", shard] : undefined;
}

/** The result as data. */
export function fuzzRecord({ start, summary, interrupted }: FuzzResult): object {
  const { options, header } = start;
  const machine = machineOf(options);
  return {
    slabfuzz: slabfuzzVersion(),
    target: options.target,
    profile: machine.profile,
    boot: bootLineOf(machine),
    bugs: bugsText(options.bugs),
    seed: String(options.seed),
    bugsPerCase: options.bugsPerCase,
    twins: options.twins,
    swarm: options.swarm,
    without: options.without,
    workload: workloadText(options.workload),
    size: sizesText(options.sizes),
    ops: options.opCountMax,
    shard: header.shard,
    interrupted,
    ...summary,
  };
}
