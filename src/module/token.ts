// Tokens of cases on modules.
//
//   sw1:node_modules/x/x.wasm::none:2000:7:123:0123abcd:4567cdef
//       │                   │ │    │    │ │   │        └ digest of the program
//       │                   │ │    │    │ │   └ build: the module as it runs, and how it is called
//       │                   │ │    │    │ └ case
//       │                   │ │    │    └ seed
//       │                   │ │    └ operations at most, and the shape
//       │                   │ └ bug classes
//       │                   └ exports, where they were named
//       └ target
import { Digest } from "../base/hash.ts";
import { hex32 } from "../base/hex.ts";
import { reworded, UserError } from "../base/user_error.ts";
import { bugsText, parseBugs } from "../target/bug_names.ts";
import {
  caseNumberIn,
  escaped,
  fieldsOf,
  numberIn,
  seedIn,
  type TokenParts,
  unescaped,
} from "../target/token_text.ts";
import { parseFuel, parseMemory } from "./load/limits.ts";
import { MODULE_OPS_MAX, type ModuleOptions, moduleShapeText } from "./options.ts";
import { type ForeignImage, WORDS_PER_OP } from "./program/op.ts";

/** How tokens of cases on modules begin. */
export const MODULE_MARK = "sw1";
const FIELDS = 9;
const SIZE_MAX = 0xffffffff;

export function moduleToken({
  options,
  caseNumber,
  build,
  program,
}: TokenParts<ModuleOptions>): string {
  const shape = moduleShapeText(options).replace(/[=,]/g, ".").replaceAll(";", "+");
  return [
    MODULE_MARK,
    escaped(options.target).replaceAll("%2F", "/"),
    escaped(options.exports ?? ""),
    bugsText(options.bugs).replaceAll(",", "+"),
    [options.opCountMax, ...(shape === "" ? [] : [shape])].join("+"),
    String(options.seed),
    String(caseNumber),
    build,
    program,
  ].join(":");
}

export function parseModuleToken(word: string): TokenParts<ModuleOptions> {
  const [, target, exports, bugs, ops, ...rest] = fieldsOf(word, MODULE_MARK, FIELDS);
  const [seed, number, build, program] = rest;
  const [count, ...parts] = ops.split("+");
  const options: ModuleOptions = {
    target: unescaped(word, target),
    exports: exports === "" ? undefined : unescaped(word, exports),
    seed: seedIn(word, seed),
    bugs: parseBugs(bugs.replaceAll("+", ",")),
    opCountMax: numberIn(word, count, 1, MODULE_OPS_MAX),
    ...shapeIn(word, parts),
  };
  return { options, caseNumber: caseNumberIn(word, number), build, program };
}

type Shape = Pick<ModuleOptions, "twins" | "sizes" | "fuel" | "memory">;

function shapeIn(word: string, parts: readonly string[]): Shape {
  const said: { -readonly [K in keyof Shape]?: Shape[K] } = {};
  const at = (problem: string) => `${word}: a limit ${problem}`;
  for (const part of parts) {
    const [name, ...values] = part.split(".");
    if (name === "size") said.sizes = values.map((text) => numberIn(word, text, 1, SIZE_MAX));
    else if (name === "fuel") said.fuel = reworded(at, () => parseFuel(values.join(".")));
    else if (name === "memory") said.memory = reworded(at, () => parseMemory(values.join(".")));
    else if (name !== "twins") {
      throw new UserError(`${word}: unknown part ${JSON.stringify(part)} of a shape`);
    }
  }
  return { ...said, twins: parts.includes("twins"), sizes: said.sizes };
}

/** Eight digits over a program. */
export function checkOf({ words, count }: ForeignImage): string {
  return hex32(new Digest().words(words, 0, count * WORDS_PER_OP).low);
}
