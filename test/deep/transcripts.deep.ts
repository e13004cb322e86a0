// The transcripts of commands that take minutes; test/transcripts/ runs the others.
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { slabfuzz } from "../helper/command.ts";
import { firstWrongLine, LONG_COMMANDS, transcripts } from "../transcripts/transcripts.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "slabfuzz-transcripts-"));
const cwd = process.cwd();

beforeAll(() => {
  for (const name of ["examples", "corpus", "slabfuzz.cost.json"]) {
    symlinkSync(join(root, name), join(folder, name));
  }
  process.chdir(folder);
});

afterAll(() => {
  process.chdir(cwd);
  rmSync(folder, { recursive: true });
});

const long = transcripts().filter(({ words }) => LONG_COMMANDS.includes(words[0]));

it.each(long.map(({ file, words, shown }) => [file, words.join(" "), words, shown] as const))(
  "the transcript in %s is the output of %s",
  async (_file, _command, words, shown) => {
    const { out } = await slabfuzz(...words);
    expect(firstWrongLine(shown, out)).toBeUndefined();
  },
);
