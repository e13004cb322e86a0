// Finding folders on disk. A folder is written under another name and then renamed: it is there
// whole or not at all. A place that cannot be written to is refused before a campaign starts.
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { digestOfText } from "../base/hash.ts";
import { reasonOf, UserError } from "../base/user_error.ts";
import type { FolderFiles } from "../target/finding_folder.ts";

/** Room that a campaign's findings are sure to need; a disk that has less counts as full. */
const PROBE_BYTES = 1 << 20;
const NAME_MAX = 80;

/** Level by level: Node's recursive mkdir never returns where no folders can be (/proc). */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path);
}

export class FindingStore {
  readonly path: string;

  /** Makes the place, and makes sure that it can be written to. */
  constructor(path: string) {
    this.path = path;
    try {
      makeFolder(resolve(path));
      const probe = join(path, ".probe");
      writeFileSync(probe, new Uint8Array(PROBE_BYTES), { flush: true });
      rmSync(probe);
    } catch (error) {
      throw new UserError(`${path}: cannot store findings there (${reasonOf(error)})`);
    }
  }

  /** Where the finding of a signature belongs. */
  folderOf(signature: string): string {
    return join(this.path, folderName(signature));
  }

  /** Writes the folder of a finding; one that is there already is replaced. */
  write(signature: string, files: FolderFiles): string {
    const folder = this.folderOf(signature);
    const draft = join(this.path, `.draft-${folderName(signature)}`);
    rmSync(draft, { recursive: true, force: true });
    mkdirSync(draft);
    for (const [name, text] of Object.entries(files)) writeFileSync(join(draft, name), text);
    rmSync(folder, { recursive: true, force: true });
    renameSync(draft, folder);
    return folder;
  }
}

/** A signature in the letters of file names, and a few digits that keep it apart from others. */
function folderName(signature: string): string {
  const plain = signature.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  const short = plain.replace(/^-|-$/g, "").slice(0, NAME_MAX);
  return `${short}.${digestOfText(signature).slice(0, 6)}`;
}
