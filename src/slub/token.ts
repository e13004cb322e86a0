// A finding in one word that can be pasted: machine, options, seed, case number, and two checks.
//
//   sf1:v6.1:up:FZP:1::slub:all:100:7:123:0123abcd:4567cdef
//       │    │  │   │ │ │   │   │   │ │   │        └ digest of the program
//       │    │  │   │ │ │   │   │   │ │   └ build of the core
//       │    │  │   │ │ │   │   │   │ └ case
//       │    │  │   │ │ │   │   │   └ seed
//       │    │  │   │ │ │   │   └ operations at most, shape, rules   (bug classes before it)
//       │    │  │   │ │ └ kernel options, with + and -   (target behind it)
//       │    │  │   │ └ CPUs
//       │    │  │   └ slub_debug, empty for none given
//       │    │  └ variant, and other kernel parameters
//       └ profile
//
// Another build that still makes the same program may behave differently, and says so; one that
// makes another program refuses the token.
import { Digest } from "../base/hash.ts";
import { hex32 } from "../base/hex.ts";
import { bugsText, parseBugs } from "../target/bug_names.ts";
import type { MachineOverrides } from "../target/options.ts";
import {
  caseNumberIn,
  escaped,
  fieldsOf,
  numberIn,
  seedIn,
  type TokenParts,
  unescaped,
} from "../target/token_text.ts";
import { buildOfCore } from "./core/load.ts";
import { DEFAULT_SHAPE, OPS_MAX, type ProgramShape } from "./gen/options.ts";
import { invariantsText, parseInvariants, unusualInvariants } from "./invariant_text.ts";
import { parseCore } from "./named_core.ts";
import { checkedShape, type SlubOptions } from "./options.ts";
import { headerOf } from "./program/boot.ts";
import { bootLineOf } from "./program/boot_line.ts";
import type { ProgramImage } from "./program/image.ts";
import type { Machine } from "./program/machine.ts";
import { parseShape, shapeText } from "./shape_text.ts";

/** How tokens of cases on a SLUB core begin. */
export const SLUB_MARK = "sf1";
const FIELDS = 13;
const WASM = ".wasm";
/** Begins the part of a shape that says how often rules are kept. */
const RULES = "rules.";

/** The token of a case, whose program this is. */
export function tokenOfCase(
  options: SlubOptions,
  machine: Machine,
  image: ProgramImage,
  caseNumber: number,
): string {
  const build = buildOfCore(parseCore(options.target).core);
  return tokenOf({ options, caseNumber, build, program: programCheck(image) }, machine);
}

/** Eight digits over a program's records and payload. */
export function programCheck(image: ProgramImage): string {
  const digest = new Digest().words(image.words, 0, image.opCount * 4);
  digest.bytes(image.payload.subarray(0, image.payloadSize));
  return hex32(digest.low);
}

/** A token from its parts; `machine` is the one that the options resolve to. */
export function tokenOf(parts: TokenParts<SlubOptions>, machine: Machine): string {
  const { options } = parts;
  const boot = bootLineOf(machine).split(" ");
  const debug = boot.find((word) => /^slu?a?b_debug/.test(word));
  return [
    SLUB_MARK,
    machine.profile,
    boot.filter((word) => word !== debug).join("+"),
    debug === undefined ? "" : escaped(debug.split("=")[1] ?? "FZPU"),
    String(machine.nrCpuIds),
    escaped(headerOf(machine).config ?? ""),
    targetField(options.target),
    bugsText(options.bugs).replaceAll(",", "+"),
    shapeField(options),
    String(options.seed),
    String(parts.caseNumber),
    parts.build,
    parts.program,
  ].join(":");
}

/** Reads a token; refuses one that cannot have come from here. */
export function parseToken(word: string): TokenParts<SlubOptions> {
  const fields = fieldsOf(word, SLUB_MARK, FIELDS);
  const [, profile, boot, debug, cpus, config, target, bugs, ops, seed, number, build, program] =
    fields;
  const machine: MachineOverrides = {
    profile,
    boot: boot.replaceAll("+", " "),
    ...(debug === "" ? {} : { slubDebug: unescaped(word, debug) }),
    cpus: numberIn(word, cpus, 1, 8192),
    ...(config === "" ? {} : { config: unescaped(word, config) }),
  };
  const options: SlubOptions = {
    ...shapeIn(word, bugs, ops),
    invariants: invariantsIn(ops),
    target: parseCore(targetIn(word, target)).name,
    machine,
    seed: seedIn(word, seed),
  };
  return { options, caseNumber: caseNumberIn(word, number), build, program };
}

/** A colon would end the field: `canary.NAME`; of a file the path, escaped. */
function targetField(target: string): string {
  return target.endsWith(WASM) ? escaped(target) : target.replace(":", ".");
}

function targetIn(word: string, field: string): string {
  return field.endsWith(WASM) ? unescaped(word, field) : field.replace(".", ":");
}

/** Operations at most, the parts of the shape, and the rules, in marks that shells leave alone. */
function shapeField(options: SlubOptions): string {
  const parts = shapeText(options)
    .split(";")
    .filter((part) => part !== "");
  const rules = invariantsText(unusualInvariants(options.invariants));
  if (rules !== "") parts.push(`${RULES}${rules}`);
  return [options.opCountMax, ...parts.map((part) => part.replace(/[=,]/g, "."))].join("+");
}

function partsOf(field: string): readonly string[] {
  return field.split("+").slice(1);
}

/** `rules.poison.off.red-zone.1`: names and numbers take turns. */
function invariantsIn(field: string): SlubOptions["invariants"] {
  const rules = partsOf(field).find((part) => part.startsWith(RULES));
  if (rules === undefined) return undefined;
  const text = rules
    .slice(RULES.length)
    .replace(/([^.]+)\.([^.]+)(\.?)/g, (_, name, value, more) => {
      return `${name}=${value}${more === "" ? "" : ","}`;
    });
  return unusualInvariants(parseInvariants(text));
}

function shapeIn(word: string, bugs: string, field: string): ProgramShape {
  const [ops] = field.split("+");
  const parts = partsOf(field).filter((part) => !part.startsWith(RULES));
  const text = parts.map((part) => part.replace(".", "=").replaceAll(".", ",")).join(";");
  return checkedShape({
    ...DEFAULT_SHAPE,
    ...parseShape(text),
    bugs: parseBugs(bugs.replaceAll("+", ",")),
    opCountMax: numberIn(word, ops, 1, OPS_MAX),
  });
}
