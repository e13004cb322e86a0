// The commands print what README.md and docs/ show.
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { slabfuzz } from "../helper/command.ts";
import { firstWrongLine, LONG_COMMANDS, transcripts, transcriptsIn } from "./transcripts.ts";

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

describe("a transcript in the documents", () => {
  const short = transcripts().filter(({ words }) => !LONG_COMMANDS.includes(words[0]));

  it.each(short.map(({ file, words, shown }) => [file, words.join(" "), words, shown] as const))(
    "agrees: %s shows what %s prints",
    async (_file, _command, words, shown) => {
      const { out } = await slabfuzz(...words);
      expect(firstWrongLine(shown, out)).toBeUndefined();
    },
  );

  it("is found in its place, with its text", () => {
    const text =
      'x\n\n    $ npx slabfuzz cost --rows "a b"\n    one\n\n    two\n\nend\n    three\n';
    expect(transcriptsIn("f", text)).toEqual([
      { file: "f", words: ["cost", "--rows", "a b"], shown: ["one", "", "two"] },
    ]);
    expect(transcripts().length).toBeGreaterThan(5);
  });

  it.each([
    [["a", "c"], "c"],
    [["b", "a"], "a"],
    [["a", "...", "d"], "d"],
    [["a 1.5 s"], "a 1.5 s"],
  ])("with %j where a, b and c are printed is wrong at %s", (shown, wrong) => {
    expect(firstWrongLine(shown, "a\nb\nc\n")).toBe(wrong);
  });

  it.each([[["a", "...", "c 3 of ..."]], [["b took 1.0 s", "c 3 of 4"]], [["...", "c ... 4"]]])(
    "with %j may leave out lines, ends of lines and times",
    (shown) => {
      expect(firstWrongLine(shown, "a\nb took 17.5 s\nc 3 of 4\n")).toBeUndefined();
    },
  );
});
