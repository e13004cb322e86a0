// A case again, from its token: the program, the machine, and whether this is the build that found
// it.
import { Digest } from "../base/hash.ts";
import { hex32 } from "../base/hex.ts";
import { UserError } from "../base/user_error.ts";
import type { CampaignOptions } from "../campaign/options.ts";
import { buildOfCore } from "./core/build.ts";
import { CaseEngine } from "./engine.ts";
import { onTarget, parseTarget, type Target } from "./named_core.ts";
import { decode } from "./program/decode.ts";
import type { ProgramImage } from "./program/image.ts";
import type { Program } from "./program/op.ts";
import { parseToken, tokenOf } from "./token.ts";

export interface RecalledCase {
  readonly program: Program;
  readonly target: Target;
  /** How often rules are kept, where it is not as usual. */
  readonly invariants: CampaignOptions["invariants"];
  /** The core is not the build that the token was made with. */
  readonly isOtherBuild: boolean;
}

/** The case that a token names. */
export function recallToken(word: string): RecalledCase {
  const { options, caseNumber, build, program } = parseToken(word);
  const engine = new CaseEngine(options);
  const image = engine.generate(caseNumber);
  if (programCheck(image) !== program) {
    throw new UserError(
      `${word}: this build makes another program of case ${caseNumber}, or the token is damaged`,
    );
  }
  const target = parseTarget(options.target);
  const comments = [`case ${caseNumber} of seed ${options.seed}`];
  return {
    program: onTarget(decode(image, engine.machine, comments), target),
    target,
    invariants: options.invariants,
    isOtherBuild: buildOfCore(target.core) !== build,
  };
}

/** The token of a case, whose program this is. */
export function tokenOfCase(
  options: CampaignOptions,
  { machine }: Pick<CaseEngine, "machine">,
  image: ProgramImage,
  caseNumber: number,
): string {
  const build = buildOfCore(parseTarget(options.target).core);
  const parts = { options, caseNumber, build, program: programCheck(image) };
  return tokenOf(parts, machine);
}

/** Eight digits over a program's records and payload. */
function programCheck(image: ProgramImage): string {
  const digest = new Digest().words(image.words, 0, image.opCount * 4);
  digest.bytes(image.payload.subarray(0, image.payloadSize));
  return hex32(digest.low);
}
