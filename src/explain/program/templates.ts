// Short programs that print a report like one of a log: what each check needs, with the log's own
// sizes, offsets and bytes.
import { POISON_FREE } from "../../abi.ts";
import { hex64 } from "../../base/hex.ts";
import type { LogReading, Report, SlabCheck } from "../report.ts";
import { miscounted, slabTail } from "./counted.ts";
import { listOverFreePointer } from "./list_head.ts";
import { misusedList } from "./lists.ts";
import { nameFor, ownerOf, sizeFor } from "./owner.ts";
import { type ReplayKernel, replayKernelFor } from "./replay_kernel.ts";
import type { ScriptBody } from "./script_body.ts";
import { headOf, type Setting, type SettingWish, settingsFor } from "./setting.ts";
import { writesOf } from "./writes.ts";

type Template = (report: Report, kernel: ReplayKernel) => readonly ScriptBody[];

const overwritten: Template = (report, kernel) => {
  const { made, alloc, free, validate } = ownerOf(report, kernel);
  const writes = writesOf(report);
  const wasFree = report.damage.at(0)?.was.startsWith("bb") === true;
  if (writes.length === 0) return [];
  const live = [made, alloc("o"), ...writes];
  const freed = [made, alloc("o"), free("o"), ...writes];
  const ends = [[free("o")], [validate]];
  const freedEnds = [[alloc("again")], [validate]];
  const [first, second] = wasFree ? [freed, live] : [live, freed];
  return [
    ...(wasFree ? freedEnds : ends).map((end) => [...first, ...end]),
    ...(wasFree ? ends : freedEnds).map((end) => [...second, ...end]),
  ];
};

const poisoned: Template = (report, kernel) => {
  const { made, alloc, free, validate } = ownerOf(report, kernel);
  const begun = [made, alloc("o"), free("o"), ...writesOf(report)];
  return [
    [...begun, alloc("again")],
    [...begun, validate],
  ];
};

const freedTwice: Template = (report, kernel) => {
  const { made, alloc, free } = ownerOf(report, kernel);
  return [
    [made, alloc("p"), alloc("o"), free("o"), free("o")],
    [made, alloc("q"), alloc("o"), alloc("p"), free("o"), free("p"), free("o")],
  ];
};

const left: Template = (report, kernel) => {
  const { made, name } = ownerOf(report, kernel);
  return [[made, `allocn ${name} ${Math.max(1, report.objectsLeft)} o`, `destroy ${name}`]];
};

const inside: Template = (report, kernel) => {
  const { made, alloc, free } = ownerOf(report, kernel);
  return ["o+8", "o+1", "o+16", "glob"].map((target) => [made, alloc("o"), free(target)]);
};

/** Of the two caches that the words name either may be the one that was asked. */
const otherCache: Template = (report, kernel) => {
  const { made, free, alloc, name } = ownerOf(report, kernel);
  const [, owner = "other"] = / but object is from (\S{1,60})/.exec(report.words) ?? [];
  const pair = [made, `cache ${owner} 64 0 -`];
  return [
    [...pair, `alloc ${owner} o`, free("o")],
    [...pair, alloc("o"), `free ${owner} o`],
    [`cache ${name} 64 0 -`, `cache ${owner} 128 0 -`, alloc("o"), `free ${owner} o`],
  ];
};

/** Of so many registers one may hold the address that was freed. */
const REGISTERS_MAX = 16;

const foreign: Template = (report, kernel) => {
  const { made, alloc, free } = ownerOf(report, kernel);
  const ofCache = report.stack.at(0)?.startsWith("kfree") !== true;
  const held = [...new Set(report.registers.values())].filter((value) => value > 0xffffn);
  const addresses = held.slice(0, REGISTERS_MAX).map((value) => `0x${hex64(value)}`);
  const freed = ["glob", "vglob", "0x20", ...addresses, "0x4141414141414141"];
  const cached = freed.map((target) => [made, alloc("o"), free(target)]);
  const whole = [
    ...freed.map((target) => [`kfree ${target}`]),
    ["kmalloc 9000 o", "kfree o", "kfree o"],
  ];
  return ofCache ? [...cached, ...whole] : [...whole, ...cached];
};

/** A pointer of eight poison bytes. */
const FREED_WORD = BigInt(`0x${POISON_FREE.toString(16).repeat(8)}`);

/** Poison that begins inside an object begins where another address was freed. */
function freedInside(report: Report, kernel: ReplayKernel): ScriptBody[] {
  if (report.freePointer !== FREED_WORD) return [];
  const object = report.rows.filter(({ section }) => section === "Object");
  const begins = object.flatMap(({ bytes }) => bytes).indexOf(POISON_FREE);
  const { made, alloc, free, validate } = ownerOf(report, kernel);
  const begun = [made, alloc("p"), alloc("o")];
  if (begins <= 0) return [];
  return [
    [...begun, free(`o+${begins}`), alloc("a")],
    [...begun, free(`o+${begins}`), validate],
  ];
}

/** Stands for a value that the log does not hold: no machine has memory there. */
const NO_POINTER = 0x4141414141414141n;

const brokenLink: Template = (report, kernel) => {
  const offset = report.damage.find(({ role }) => role === "free pointer")?.offset;
  const size = report.objectSize ?? sizeWithLinkAt(offset, kernel);
  const { made, alloc, free, validate, name } = ownerOf(report, kernel, size);
  const value = report.freePointer ?? report.faultAddress ?? NO_POINTER;
  const begun = [made, alloc("p"), alloc("q"), alloc("o"), free("p"), free("o")];
  const link = name === "" ? [] : [`wfp ${name} o 0x${hex64(value)}`];
  const beside = report.damage.filter(({ role }) => role !== "free pointer" || name === "");
  const forged = [...begun, ...writesOf({ damage: beside }), ...link];
  const ends = [
    [alloc("a")],
    [alloc("a"), alloc("b")],
    [alloc("a"), alloc("b"), alloc("c")],
    [validate],
    [alloc("a"), validate],
  ];
  const scripts = ends.map((end) => [...forged, ...end]);
  const all = report.check === "free-list" ? scripts.reverse() : scripts;
  // An object of kmalloc() may still be in use when its free pointer is found wrong.
  const live = name === "" ? overwritten(report, kernel) : [];
  return [...freedInside(report, kernel), ...live, ...all];
};

/** The size of objects whose free pointers lie so far behind their beginning. */
function sizeWithLinkAt(offset: number | undefined, kernel: ReplayKernel): number | undefined {
  if (offset === undefined) return undefined;
  return kernel.sizeWith((fields) => fields.offset === offset, 2 * offset + 8);
}

const TEMPLATES: Readonly<Partial<Record<SlabCheck, Template>>> = {
  redzone: overwritten,
  "left-redzone": overwritten,
  "right-redzone": overwritten,
  "kmalloc-redzone": overwritten,
  padding: overwritten,
  "slab-padding": slabTail,
  poison: poisoned,
  "already-free": freedTwice,
  "hardened-free": freedTwice,
  count: miscounted,
  remaining: left,
  pointer: inside,
  "wrong-cache": otherCache,
  "kfree-page": foreign,
  "free-oops": foreign,
  "free-pointer": brokenLink,
  "free-list": brokenLink,
  "alloc-oops": brokenLink,
  list: misusedList,
};

/** A script to try. */
export interface CandidateScript {
  readonly script: string;
  /** The cache that debug options are named for; empty for all. */
  readonly cache: string;
  readonly setting: Setting;
  readonly objectSize: number;
}

/** Scripts to try for a log, the likeliest first. */
export function* scriptsFor(
  report: Report,
  reading: LogReading,
  wish: SettingWish,
): Generator<CandidateScript> {
  // Of two caches each may be the one whose options made the check.
  const cache = report.check === "wrong-cache" ? "" : nameFor(report);
  for (const setting of settingsFor(report, reading, wish)) {
    const kernel = replayKernelFor(setting, report.objectSize, report.slabObjects);
    const head = headOf(kernel.setting, cache);
    const story = listOverFreePointer(report, reading);
    const drafts = [...story, ...(TEMPLATES[report.check]?.(report, kernel) ?? [])];
    const { setting: own } = kernel;
    const objectSize = sizeFor(report, kernel);
    for (const lines of drafts) {
      const script = `${head}${lines.filter((line) => line !== "").join("\n")}\n`;
      yield { script, cache, setting: own, objectSize };
    }
  }
}
