// The commands print what README.md and docs/ show.
import { describe, expect, it } from "vitest";
import { testTranscripts } from "./checked.ts";
import { firstWrongLine, transcripts, transcriptsIn } from "./transcripts.ts";

describe("a transcript in the documents", () => {
  testTranscripts({ isLong: false });

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
