// What a campaign came to, as a file beside its findings. It says nothing of clocks and places: two
// runs of the same cases, or the merged parts of one, leave the same bytes.
import { basename, join } from "node:path";
import { writeWholeFile } from "../base/whole_file.ts";
import type { Identity } from "./identity.ts";
import type { Summary } from "./summary.ts";

const FILE = "summary.json";

export function storeResult(
  folder: string,
  { campaign, driver }: Identity,
  summary: Summary,
): void {
  const { seconds: _, findings, ...rest } = summary;
  const placeless = findings.map((finding) => ({
    ...finding,
    folder: finding.folder && basename(finding.folder),
  }));
  const record = { campaign, driver, ...rest, findings: placeless };
  writeWholeFile(join(folder, FILE), `${JSON.stringify(record, null, 2)}\n`);
}
