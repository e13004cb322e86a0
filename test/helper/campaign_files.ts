// The files of a campaign, for comparison.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** All files of a folder with their texts, but for the journal, which says how long it all took. */
export function filesIn(path: string): readonly (readonly [string, string])[] {
  const files = readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== "campaign.journal")
    .map(({ parentPath, name }) => join(parentPath, name));
  return files.sort().map((file) => [file.slice(path.length), readFileSync(file, "utf8")]);
}
