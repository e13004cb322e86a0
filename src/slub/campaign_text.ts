// How command lines and records speak of a campaign on a SLUB core.
import { bugsText } from "../target/bug_names.ts";
import type { CampaignText } from "../target/target.ts";
import { DEFAULT_SHAPE, type ProgramShape } from "./gen/options.ts";
import { invariantsText } from "./invariant_text.ts";
import type { SlubOptions } from "./options.ts";
import { bootLineOf } from "./program/boot_line.ts";
import type { Machine } from "./program/machine.ts";
import { shapeText, sizesText, workloadText } from "./shape_text.ts";

/** `machine` is the one that the options resolve to. */
export function slubText(options: SlubOptions, machine: Machine): CampaignText {
  const boot = bootLineOf(machine);
  return {
    place: `${machine.profile}, boot ${boot}`,
    closing: [],
    unusual: unusualText(options),
    words: campaignWords(options),
    placeRecord: { profile: machine.profile, boot },
    shapeRecord: shapeRecord(options),
  };
}

function unusualText(options: SlubOptions): string {
  const rules = invariantsText(options.invariants);
  const words = [...shapeText(options).split(";"), rules && `rules ${rules}`];
  return words
    .filter((word) => word !== "")
    .map((word) => `${word}, `)
    .join("");
}

/** The words of a command line that ask for the campaign; what is as usual is left out. */
function campaignWords(options: SlubOptions): string[] {
  const { profile, boot, slubDebug, cpus, config } = options.machine;
  const words: string[] = [];
  const put = (name: string, value: string | number | bigint | undefined): void => {
    if (value !== undefined) words.push(name, String(value));
  };
  if (options.target !== "slub") put("--target", options.target);
  put("--profile", profile);
  put("--boot", boot);
  put("--slub-debug", slubDebug);
  put("--cpus", cpus);
  put("--kconfig", config);
  words.push(...shapeWords(options));
  if (options.invariants !== undefined) put("--invariants", invariantsText(options.invariants));
  put("--seed", options.seed);
  return words;
}

function shapeWords(shape: ProgramShape): readonly string[] {
  const { bugs, bugsPerCase, twins, swarm, without, workload, sizes, opCountMax } = shape;
  const words = ["--bugs", bugsText(bugs)];
  if (bugsPerCase !== DEFAULT_SHAPE.bugsPerCase) words.push("--bugs-per-case", `${bugsPerCase}`);
  if (twins) words.push("--twins");
  if (!swarm) words.push("--no-swarm");
  if (without.length > 0) words.push("--without", without.join(","));
  if (workloadText(workload) !== "mixed") words.push("--workload", workloadText(workload));
  if (sizes !== DEFAULT_SHAPE.sizes) words.push("--size", sizesText(sizes));
  return [...words, "--ops", `${opCountMax}`];
}

function shapeRecord(shape: ProgramShape): object {
  return {
    bugsPerCase: shape.bugsPerCase,
    twins: shape.twins,
    swarm: shape.swarm,
    without: shape.without,
    workload: workloadText(shape.workload),
    size: sizesText(shape.sizes),
    ops: shape.opCountMax,
  };
}
