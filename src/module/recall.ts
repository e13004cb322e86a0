// Programs for foreign targets again: from a token, or from a script that names its target.
import { UserError } from "../base/user_error.ts";
import { buildOf } from "../campaign/build.ts";
import type { CampaignOptions } from "../campaign/options.ts";
import { foreignProgramOf } from "./finding_folder.ts";
import { foreignEngineFor, prepareTarget } from "./foreign_engine.ts";
import { foreignCampaign } from "./foreign_target.ts";
import { loadForeign } from "./load/load.ts";
import { type ForeignProgram, parseForeign } from "./program/text.ts";
import { checkOf, parseForeignToken } from "./token.ts";

/** A program, and a campaign that has nothing but its target. */
export interface ForeignCase {
  readonly options: CampaignOptions;
  readonly program: ForeignProgram;
  /** The code that runs is not the one that a token was made with. */
  readonly isOtherBuild: boolean;
}

/** The case that a token names. */
export async function recallForeign(word: string): Promise<ForeignCase> {
  const { options, caseNumber, build, program } = parseForeignToken(word);
  await prepareTarget(options);
  const engine = foreignEngineFor(options);
  const image = engine.generate(caseNumber);
  const isOtherBuild = buildOf(options) !== build;
  if (checkOf(image) !== program) {
    const why = isOtherBuild ? "the module or slabfuzz has changed" : "the token is damaged";
    throw new UserError(`${word}: case ${caseNumber} is another program now, ${why}`);
  }
  const comments = [`case ${caseNumber} of seed ${options.seed}`];
  return { options, program: foreignProgramOf(options, image, engine.bug, comments), isOtherBuild };
}

/** The case that a script is; `name` is its file, for complaints. */
export async function foreignCaseOf(text: string, name: string): Promise<ForeignCase> {
  const program = parseForeign(text, name);
  loadForeign(program.choice);
  const options = foreignCampaign({ seed: 0n }, program.choice);
  await prepareTarget(options);
  return { options, program, isOtherBuild: false };
}
