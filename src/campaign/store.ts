// Finding folders on disk. A new one is written under another name and then renamed: it is there
// whole or not at all. One that is there already is brought up to date file by file, so that what
// people put into it stays. A place that cannot be written to is refused before a campaign starts.
import { closeSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { digestOfText } from "../base/hash.ts";
import { makeOutputFolder, probeOutputFolder } from "../base/output_folder.ts";
import { reasonOf, UserError } from "../base/user_error.ts";
import {
  draftBeside,
  kindOfEntry,
  openNewFile,
  readTextFile,
  writeWholeFile,
} from "../base/whole_file.ts";
import type { FolderFiles } from "../target/finding_folder.ts";

const NAME_MAX = 80;
/** What a folder is known by. */
const RECORD = "finding.json";
/** Every file that slabfuzz writes into the folder of a finding; a view of another one goes. */
const FILES = [RECORD, "program.slab", "shrunk.slab", "report.txt", "replay.txt", "view.html"];

export class FindingStore {
  readonly path: string;

  /** Makes the place, and makes sure that it can be written to. */
  constructor(path: string) {
    this.path = path;
    try {
      makeOutputFolder(path);
      probeOutputFolder(path);
    } catch (error) {
      if (error instanceof UserError) throw error;
      throw new UserError(`${path}: cannot store findings there (${reasonOf(error)})`);
    }
  }

  /** Where the finding of a signature belongs. */
  folderOf(signature: string): string {
    return join(this.path, folderName(signature));
  }

  /** Writes the folder of a finding, or brings it up to date. */
  write(signature: string, files: FolderFiles): string {
    const folder = this.folderOf(signature);
    try {
      if (kindOfEntry(folder) === "nothing") addFolder(folder, files);
      else renewFolder(folder, files);
    } catch (error) {
      if (error instanceof UserError) throw error;
      throw new UserError(`${folder}: cannot be written (${reasonOf(error)})`);
    }
    return folder;
  }

  /** Removes the files of all findings, and no others. */
  clear(): void {
    for (const folder of findingFolders(this.path)) {
      for (const name of filesIn(folder)) rmSync(join(folder, name));
      if (readdirSync(folder).length === 0) rmSync(folder, { recursive: true });
    }
  }
}

/** The folders of findings in a place. */
export function findingFolders(place: string): readonly string[] {
  try {
    const folders = kindOfEntry(place) === "folder" ? readdirSync(place) : [];
    const named = folders.filter((name) => /\.[0-9a-f]{6}$/.test(name));
    return named.map((name) => join(place, name)).filter(isFindingFolder);
  } catch (error) {
    throw new UserError(`${place}: ${reasonOf(error)}`);
  }
}

function isFindingFolder(folder: string): boolean {
  return kindOfEntry(folder) === "folder" && kindOfEntry(join(folder, RECORD)) === "file";
}

function filesIn(folder: string): readonly string[] {
  return FILES.filter((name) => kindOfEntry(join(folder, name)) === "file");
}

function addFolder(folder: string, files: FolderFiles): void {
  const draft = draftBeside(folder);
  try {
    mkdirSync(draft);
    for (const [name, text] of Object.entries(files)) {
      closeSync(openNewFile(join(draft, name), Buffer.from(text)));
    }
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw error;
  }
}

function renewFolder(folder: string, files: FolderFiles): void {
  const mine = kindOfEntry(folder) === "folder" ? filesIn(folder) : undefined;
  if (mine === undefined || (mine.length > 0 && !isFindingFolder(folder))) {
    throw new UserError(`${folder}: is no folder of a finding: move it away, or choose another`);
  }
  for (const name of mine) if (!(name in files)) rmSync(join(folder, name));
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    if (kindOfEntry(path) !== "file" || readTextFile(path) !== text) writeWholeFile(path, text);
  }
}

/** A signature in the letters of file names, and a few digits that keep it apart from others. */
function folderName(signature: string): string {
  const plain = signature.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  const short = plain.replace(/^-|-$/g, "").slice(0, NAME_MAX);
  return `${short}.${digestOfText(signature).slice(0, 6)}`;
}
