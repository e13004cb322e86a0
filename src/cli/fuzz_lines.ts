// What slabfuzz fuzz says around its result: its first line, and the commands that carry on with
// the campaign or run it again.
import { slabfuzzVersion } from "../base/version.ts";
import type { FuzzResult } from "../campaign/fuzz.ts";
import { type CampaignOptions, machineOf } from "../campaign/options.ts";
import { rangeOf, type Start } from "../campaign/start.ts";
import { probeOf } from "../module/foreign_module.ts";
import { bindingText, functionsOf } from "../module/load/binding.ts";
import { type ForeignChoice, loadForeign } from "../module/load/load.ts";
import { invariantsText } from "../slub/invariant_text.ts";
import { bootLineOf } from "../slub/program/boot_line.ts";
import { shapeText, sizesText, workloadText } from "../slub/shape_text.ts";
import { bugsText } from "../target/bug_names.ts";
import { wordsOfShape } from "./shape_options.ts";
import { shellLine } from "./shell_words.ts";

/** Seed and options; what is done already, if there is any. */
export function firstLine({ options, header, before }: Start, jobs: number): string {
  const shard = header.shard === "1/1" ? "" : `, shard ${header.shard}`;
  const done = before.isEmpty ? "" : `, resumed after ${before.done.size} cases`;
  return (
    `slabfuzz ${slabfuzzVersion()}: fuzz ${options.target}, seed ${options.seed}, ` +
    `${placeText(options)}, bugs ${bugsText(options.bugs)}, ` +
    `${shapeWords(options)}ops ${options.opCountMax}, jobs ${jobs}${shard}${done}`
  );
}

/** What it runs on: a kernel, or what was found out about a foreign module. */
export function placeText(options: CampaignOptions): string {
  if (options.foreign !== undefined) return foreignText(options.foreign);
  const machine = machineOf(options);
  return `${machine.profile}, boot ${bootLineOf(machine)}`;
}

/** `emscripten (malloc free), 83 MiB`; the file, where the target is a package. */
function foreignText(choice: ForeignChoice): string {
  const { path, plan } = loadForeign(choice);
  const file = path === choice.target ? "" : `${path}, `;
  const bytes = probeOf(choice)?.capacity.bytes ?? 0;
  return `${file}${bindingText(plan.binding)}, room for ${sizeText(bytes)}`;
}

function sizeText(bytes: number): string {
  return bytes < 1 << 20 ? `${bytes >>> 10} KiB` : `${bytes >>> 20} MiB`;
}

/** Ends the summary of a foreign target: how its allocator was called. */
export function targetLines({ options }: FuzzResult): string[] {
  if (options.foreign === undefined) return [];
  return [`target: ${options.target}, ${foreignText(options.foreign)}`];
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
  put("--exports", campaign.foreign?.exports);
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

function placeRecord(options: CampaignOptions): object {
  const { foreign } = options;
  if (foreign === undefined) {
    const machine = machineOf(options);
    return { profile: machine.profile, boot: bootLineOf(machine) };
  }
  const { path, plan } = loadForeign(foreign);
  const functions = functionsOf(plan.binding).map(({ name }) => name);
  const room = probeOf(foreign)?.capacity.bytes;
  return { file: path, convention: plan.binding.convention, functions, room };
}

/** The result as data. */
export function fuzzRecord({ start, summary, interrupted }: FuzzResult): object {
  const { options, header } = start;
  return {
    slabfuzz: slabfuzzVersion(),
    target: options.target,
    ...placeRecord(options),
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
