// The folder of a finding, as a worker of the fleet has written it up. It counts only for the case
// that it was made from: at the end of a campaign another case may be the example. What others put
// into Redis is text and nothing else: pages are written here.
import * as v from "valibot";
import { parseObject, readJson } from "../base/json_file.ts";
import {
  jsonCount,
  jsonFlag,
  jsonObject,
  jsonOneOf,
  jsonText,
  jsonTextLike,
} from "../base/schema.ts";
import { visibleText } from "../base/visible.ts";
import { type FindingFolder, findingFields } from "../target/finding_folder.ts";
import type { Finding } from "../target/tally.ts";
import { programOfScript } from "../targets/targets.ts";

export interface WrittenUp extends FindingFolder {
  readonly caseNumber: number;
}

const FILES = ["finding.json", "program.slab", "shrunk.slab", "report.txt", "replay.txt"] as const;

const plainText = v.pipe(
  jsonText,
  v.check((text) => visibleText(text) === text, "must be visible text"),
);

const WRITTEN_UP = jsonObject({
  caseNumber: jsonCount,
  token: jsonTextLike(/^[\x21-\x7e]+$/, "a token"),
  isStable: jsonFlag,
  files: v.record(jsonOneOf(FILES), plainText, "must be files by their names"),
});

export function writtenUpText({ caseNumber, token, isStable, files }: WrittenUp): string {
  return JSON.stringify({ caseNumber, token, isStable, files });
}

/** Reads one from Redis. Throws a UserError that begins with `name`. */
export function readWrittenUp(text: string, name: string): WrittenUp {
  return readJson({ text, name, kind: "finding" }, WRITTEN_UP) as WrittenUp;
}

/**
 * The folder as it is at the end of the campaign, where the finding has been counted; undefined
 * where it was made from another case. Throws a UserError for programs that are none.
 */
export async function folderAtEnd(
  { caseNumber, token, isStable, files }: WrittenUp,
  finding: Finding,
): Promise<FindingFolder | undefined> {
  if (caseNumber !== finding.caseNumber) return undefined;
  const name = `finding ${finding.signature.text}`;
  for (const file of ["program.slab", "shrunk.slab"]) {
    if (file in files) await programOfScript({ text: files[file], name: file, file });
  }
  const source = { text: files["finding.json"] ?? "", name, kind: "record of a finding" };
  const record = { ...parseObject(source), ...findingFields(finding, isStable) };
  const json = `${JSON.stringify(record, null, 2)}\n`;
  return { token, isStable, files: { ...files, "finding.json": json } };
}
