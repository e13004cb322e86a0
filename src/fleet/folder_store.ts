// Large results in a folder that all machines share. Others write into it at the same time, and may
// put anything there: links are not followed, and what is there stays as it is.
import { closeSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { makeSharedFolder, probeOutputFolder } from "../base/output_folder.ts";
import { sha256 } from "../base/sha256.ts";
import { reasonOf, UserError } from "../base/user_error.ts";
import { draftBeside, kindOfEntry, openNewFile, readChunks } from "../base/whole_file.ts";
import { objectName, type ResultStore, StoreAway } from "./large_results.ts";

/** What is over once somebody makes room. */
const PASSING = new Set(["ENOSPC", "EDQUOT", "EIO", "ESTALE", "EMFILE"]);

export class FolderStore implements ResultStore {
  readonly name: string;

  constructor(path: string) {
    this.name = path;
  }

  async check(): Promise<void> {
    this.#refusing(() => {
      makeSharedFolder(this.name);
      probeOutputFolder(this.name);
    });
  }

  async put(hash: string, bytes: Uint8Array): Promise<void> {
    const path = this.#pathOf(hash);
    const kind = kindOfEntry(path);
    if (kind === "file" && sha256(readAtMost(path, bytes.length)) === hash) return;
    if (kind !== "nothing") throw new UserError(`${path}: is no result: move it away`);
    const draft = draftBeside(path);
    this.#refusing(() => {
      try {
        closeSync(openNewFile(draft, bytes));
        renameSync(draft, path);
      } finally {
        rmSync(draft, { force: true });
      }
    });
  }

  async get(hash: string, most: number): Promise<Uint8Array | undefined> {
    const path = this.#pathOf(hash);
    const kind = kindOfEntry(path);
    if (kind === "nothing") return undefined;
    if (kind !== "file") throw new UserError(`${path}: is a ${kind}, and no result`);
    return readAtMost(path, most);
  }

  #pathOf(hash: string): string {
    return join(this.name, objectName(hash));
  }

  /** What the system says, in words. */
  #refusing(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (error instanceof UserError) throw error;
      const isPassing = PASSING.has((error as NodeJS.ErrnoException).code ?? "");
      const message = `${this.name}: cannot store results there (${reasonOf(error)})`;
      throw isPassing ? new StoreAway(message) : new UserError(message);
    }
  }
}

/** The bytes of a file; of a longer one more than these, and not all. */
function readAtMost(path: string, most: number): Uint8Array {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (const chunk of readChunks(path)) {
    chunks.push(Buffer.from(chunk));
    size += chunk.length;
    if (size > most) break;
  }
  return Buffer.concat(chunks);
}
