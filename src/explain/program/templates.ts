// Short programs that print a report like one of a log: what each check needs, with the log's own
// sizes, offsets and bytes.
import { hex64 } from "../../base/hex.ts";
import type { LogReading, Report, SlabCheck } from "../report.ts";
import { headOf } from "./kernel.ts";

type Template = (report: Report) => readonly string[];

const NAME = /^[A-Za-z_][\w-]{0,38}$/;
const SIZE_UNKNOWN = 64;

/** How a cache of the log is made and used in a script. */
interface Owner {
  readonly made: string;
  readonly alloc: (slot: string) => string;
  readonly free: (target: string) => string;
  readonly validate: string;
  readonly name: string;
}

function ownerOf({ cache, objectSize = SIZE_UNKNOWN, ranges, object, check }: Report): Owner {
  if (cache?.startsWith("kmalloc-") === true && check !== "remaining") {
    const from = ranges.at(0)?.from;
    const asked = from === undefined || object === undefined ? objectSize : Number(from - object);
    const size = check === "kmalloc-redzone" && asked > 0 && asked < 8192 ? asked : objectSize;
    const alloc = (slot: string): string => `kmalloc ${size} ${slot}`;
    return { made: "", alloc, free: (t) => `kfree ${t}`, validate: "kvalidate o", name: "kmalloc" };
  }
  const name = cache !== undefined && NAME.test(cache) ? cache : "box";
  return {
    made: `cache ${name} ${objectSize} 0 -`,
    alloc: (slot) => `alloc ${name} ${slot}`,
    free: (target) => `free ${name} ${target}`,
    validate: `validate ${name}`,
    name,
  };
}

/** The writes that leave the damaged bytes of a report. */
function writesOf({ damage }: Report): string[] {
  return damage
    .filter(({ offset, is }) => offset !== undefined && is.length >= 2)
    .map(({ offset, is }) => `write o ${offset} ${is}`);
}

const overwritten: Template = (report) => {
  const { made, alloc, free, validate } = ownerOf(report);
  const writes = writesOf(report);
  const wasFree = report.damage.at(0)?.was.startsWith("bb") === true;
  if (writes.length === 0) return [];
  const live = [made, alloc("o"), ...writes];
  const freed = [made, alloc("o"), free("o"), ...writes];
  const ends = [[free("o")], [validate]];
  const freedEnds = [[alloc("again")], [validate]];
  const [first, second] = wasFree ? [freed, live] : [live, freed];
  return [
    ...(wasFree ? freedEnds : ends).map((end) => script([...first, ...end])),
    ...(wasFree ? ends : freedEnds).map((end) => script([...second, ...end])),
  ];
};

const poisoned: Template = (report) => {
  const { made, alloc, free, validate } = ownerOf(report);
  const begun = [made, alloc("o"), free("o"), ...writesOf(report)];
  return [script([...begun, alloc("again")]), script([...begun, validate])];
};

const freedTwice: Template = (report) => {
  const { made, alloc, free } = ownerOf(report);
  return [
    script([made, alloc("p"), alloc("o"), free("o"), free("o")]),
    script([made, alloc("q"), alloc("o"), alloc("p"), free("o"), free("p"), free("o")]),
  ];
};

const left: Template = (report) => {
  const { made, name } = ownerOf(report);
  return [script([made, `allocn ${name} ${Math.max(1, report.objectsLeft)} o`, `destroy ${name}`])];
};

const inside: Template = (report) => {
  const { made, alloc, free } = ownerOf(report);
  return ["o+8", "o+1", "o+16", "glob"].map((target) => script([made, alloc("o"), free(target)]));
};

const otherCache: Template = (report) => {
  const { made, free } = ownerOf(report);
  return [script([made, "cache other 64 0 -", "alloc other o", free("o")])];
};

const foreign: Template = (report) => {
  const { made, alloc, free } = ownerOf(report);
  const ofCache = report.stack.at(0)?.startsWith("kfree") !== true;
  const freed = ["glob", "vglob", "0x20", "0x4141414141414141"];
  const cached = freed.map((target) => script([made, alloc("o"), free(target)]));
  const whole = [...freed.map((target) => `kfree ${target}`), "kmalloc 9000 o\nkfree o\nkfree o"];
  return ofCache ? [...cached, ...whole] : [...whole, ...cached];
};

const miscounted: Template = (report) => {
  const { made, alloc, free, validate, name } = ownerOf(report);
  const twice = [made, alloc("p"), alloc("o"), free("o"), free("o"), validate];
  const strange = [made, "cache other 64 0 -", alloc("p"), "alloc other o", free("o"), validate];
  const lost = [made, alloc("p"), alloc("q"), alloc("o"), free("p"), free("o")];
  return [script(twice), script(strange), script([...lost, `wfp ${name} o null`, validate])];
};

const brokenLink: Template = (report) => {
  const { made, alloc, free, validate, name } = ownerOf(report);
  const value = report.freePointer ?? report.faultAddress;
  if (value === undefined || name === "kmalloc") return [];
  const begun = [made, alloc("p"), alloc("o"), free("p"), free("o")];
  const forged = [...begun, `wfp ${name} o 0x${hex64(value)}`];
  const scripts = [
    script([...forged, alloc("a")]),
    script([...forged, alloc("a"), alloc("b")]),
    script([...forged, validate]),
  ];
  return report.check === "free-list" ? scripts.reverse() : scripts;
};

const misusedList: Template = () => [
  "listinit glob\nlistadd glob+64 glob\nlistdel glob+64\nlistdel glob+64",
  "listinit glob\nlistadd glob+64 glob\nlistinit glob+64\nlistadd glob+128 glob",
  "listinit glob\nlistadd glob+64 glob\nlistinit glob+64\nlistdel glob+64",
];

const TEMPLATES: Readonly<Partial<Record<SlabCheck, Template>>> = {
  redzone: overwritten,
  "left-redzone": overwritten,
  "right-redzone": overwritten,
  "kmalloc-redzone": overwritten,
  padding: overwritten,
  "slab-padding": overwritten,
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

/** Scripts to try for a log, the likeliest first. */
export function scriptsFor(report: Report, reading: LogReading): string[] {
  const head = headOf(report, reading);
  const bodies = TEMPLATES[report.check]?.(report) ?? [];
  return [...listOverFreePointer(report, reading), ...bodies].map((body) => `${head}${body}\n`);
}

const DIRECT_MAP = 0xffff880000000000n;
const PAGE = 0xfffn;

/**
 * A list_head at the end of a type that is one word larger than its slot: its prev lies over the
 * next object's free pointer, and the list's head is handed out as an object.
 */
function listOverFreePointer({ list }: Report, { reports, cacheSizes }: LogReading): string[] {
  const cache = cacheSizes.at(0);
  const crash = reports.find(({ check }) => check === "free-oops");
  if (cache === undefined || crash === undefined || list?.neighbour === undefined) return [];
  const { expected, found, neighbour } = list;
  const slot = neighbour + 8n - BigInt(cache.size);
  const index = Number(slot & PAGE) / cache.size;
  if (expected === undefined || found === undefined || !Number.isInteger(index)) return [];
  const { name, objectSize, size } = cache;
  return [
    script([
      `region head 0x${hex64(expected)} 64`,
      `nextpfn ${((slot - DIRECT_MAP) >> 12n).toString(16)}`,
      "listinit head",
      `cache ${name} ${objectSize} 0 HM`,
      index === 0 ? "" : `allocn ${name} ${index} v`,
      `alloc ${name} B`,
      `listadd B+${size - 8} head`,
      `alloc ${name} A1`,
      `write A1 0 ${littleEndian(found)}`,
      "listadd glob+64 head",
      `alloc ${name} A2`,
      `free ${name} A2`,
      // Where options stop the chain before that, the object that is too large is given back.
      `free ${name} B`,
    ]),
  ];
}

function littleEndian(value: bigint): string {
  return (hex64(value).match(/../g) ?? []).reverse().join("");
}

function script(lines: readonly string[]): string {
  return lines.filter((line) => line !== "").join("\n");
}
