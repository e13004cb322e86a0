// Tokens of cases on foreign targets.
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
import { UserError } from "../base/user_error.ts";
import { buildOf } from "../campaign/build.ts";
import { type CampaignOptions, checkedShape } from "../campaign/options.ts";
import { DEFAULT_SHAPE, OPS_MAX } from "../slub/gen/options.ts";
import { parseShape, shapeText } from "../slub/shape_text.ts";
import { bugsText, parseBugs } from "../target/bug_names.ts";
import { escaped, numberIn, seedIn, type TokenParts, unescaped } from "../target/token_text.ts";
import { type ForeignImage, WORDS_PER_OP } from "./program/op.ts";
import { choiceOf } from "./program/text.ts";

const MARK = "sw1";
const FIELDS = 9;

export function isForeignToken(word: string): boolean {
  return word.startsWith(`${MARK}:`);
}

/** The token of a case, whose program this is. */
export function foreignTokenOf(
  options: CampaignOptions,
  image: ForeignImage,
  caseNumber: number,
): string {
  return foreignToken({ options, caseNumber, build: buildOf(options), program: checkOf(image) });
}

export function foreignToken({ options, caseNumber, build, program }: TokenParts): string {
  const shape = shapeText(options).replace(/[=,]/g, ".").replaceAll(";", "+");
  return [
    MARK,
    escaped(options.target).replaceAll("%2F", "/"),
    escaped(options.foreign?.exports ?? ""),
    bugsText(options.bugs).replaceAll(",", "+"),
    [options.opCountMax, ...(shape === "" ? [] : [shape])].join("+"),
    String(options.seed),
    String(caseNumber),
    build,
    program,
  ].join(":");
}

export function parseForeignToken(word: string): TokenParts {
  const fields = word.split(":");
  if (fields.length !== FIELDS) {
    throw new UserError(`${word}: is no token, it has ${fields.length} fields and not ${FIELDS}`);
  }
  const [, target, exports, bugs, ops, seed, number, build, program] = fields;
  const [count, ...parts] = ops.split("+");
  const shape = parts.map((part) => part.replace(".", "=").replaceAll(".", ",")).join(";");
  const name = unescaped(word, target);
  const options: CampaignOptions = {
    ...checkedShape({
      ...DEFAULT_SHAPE,
      ...parseShape(shape),
      bugs: parseBugs(bugs.replaceAll("+", ",")),
      opCountMax: numberIn(word, count, 1, OPS_MAX),
    }),
    target: name,
    machine: {},
    seed: seedIn(word, seed),
    foreign: choiceOf(name, exports === "" ? undefined : unescaped(word, exports)),
  };
  return { options, caseNumber: numberIn(word, number, 0, 2 ** 50), build, program };
}

/** Eight digits over a program. */
export function checkOf({ words, count }: ForeignImage): string {
  return hex32(new Digest().words(words, 0, count * WORDS_PER_OP).low);
}
