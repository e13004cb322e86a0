// The test of transcripts: each command is run in a folder of its own, beside what it may read.
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { slabfuzz } from "../helper/command.ts";
import { firstWrongLine, LONG_COMMANDS, transcripts } from "./transcripts.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A test for each transcript of a command that takes long, or of one that does not. */
export function testTranscripts({ isLong }: { readonly isLong: boolean }): void {
  const folder = mkdtempSync(join(tmpdir(), "slabfuzz-transcripts-"));
  const cwd = process.cwd();

  beforeAll(() => {
    for (const name of ["examples", "corpus"]) {
      symlinkSync(join(root, name), join(folder, name));
    }
    process.chdir(folder);
  });

  afterAll(() => {
    process.chdir(cwd);
    rmSync(folder, { recursive: true });
  });

  const chosen = transcripts().filter(({ words }) => LONG_COMMANDS.includes(words[0]) === isLong);
  it.each(chosen.map(({ file, words, shown }) => [file, words.join(" "), words, shown] as const))(
    "agrees: %s shows what %s prints",
    async (_file, _command, words, shown) => {
      const { out } = await slabfuzz(...words);
      expect(firstWrongLine(shown, out)).toBeUndefined();
    },
  );
}
