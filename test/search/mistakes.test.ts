import { describe, expect, it } from "vitest";
import { MISTAKE_CLASSES } from "../../src/search/mistake_forms.ts";
import { mistakeLines } from "../../src/search/mistake_text.ts";
import { exhaustMistakes, type MistakeRequest } from "../../src/search/mistakes.ts";
import { machineFor } from "../../src/slub/program/boot.ts";
import { parseScript } from "../../src/slub/program/text.ts";
import { judgeProgram } from "../../src/slub/run/case.ts";
import "../../src/targets/core_files.ts";

const REQUEST: MistakeRequest = {
  scope: {
    ...{ ops: 3, objects: 2, sizes: [15000], offsets: [0] },
    words: ["alloc", "free", "validate"],
  },
  ...{ profiles: ["v6.1"], options: ["-", "FZP"], jobs: 0, classes: MISTAKE_CLASSES },
};

describe("the shortest programs with a mistake", () => {
  it("are judged as the search says when they are replayed from their scripts", async () => {
    const { cells } = await exhaustMistakes(REQUEST);
    const outcomes = cells.flatMap((cell) => cell.outcomes);
    expect(outcomes.length).toBeGreaterThan(20);
    for (const { cause, verdict, length, script } of outcomes) {
      const program = parseScript(script, cause);
      const judged = judgeProgram(program, machineFor(program));
      expect([judged.verdict, judged.signature.split("|")[0]]).toEqual([verdict, cause]);
      expect(program.ops).toHaveLength(length + REQUEST.scope.sizes.length);
    }
  });

  it("are no shorter in a smaller scope, and the same on two workers", async () => {
    const alone = await exhaustMistakes(REQUEST);
    const byTwo = await exhaustMistakes({ ...REQUEST, jobs: 2 });
    expect({ ...byTwo, seconds: 0 }).toEqual({ ...alone, seconds: 0 });
    const small = await exhaustMistakes({ ...REQUEST, scope: { ...REQUEST.scope, ops: 2 } });
    const short = alone.cells.map(({ outcomes }) => outcomes.filter(({ length }) => length <= 2));
    const keys = (list: readonly { cause: string; verdict: string; length: number }[]) =>
      list.map(({ cause, verdict, length }) => `${cause} ${verdict} ${length}`).sort();
    expect(small.cells.map(({ outcomes }) => keys(outcomes))).toEqual(short.map(keys));
  });

  it("of a double free need a free, and three operations", async () => {
    const { cells } = await exhaustMistakes({ ...REQUEST, classes: ["double-free"] });
    const [, { outcomes }] = cells;
    expect(outcomes.map(({ verdict, length }) => [verdict, length])).toEqual([["detected", 3]]);
    expect(outcomes[0].script).toMatch(/alloc c0 p0\nfree c0 p0\nfree c0 p0\n$/);
  });

  it("stand in a table with a dot where there is no program", async () => {
    const lines = mistakeLines(await exhaustMistakes({ ...REQUEST, classes: ["double-free"] }));
    expect(lines.slice(1, 4).map((line) => line.split(/ +/))).toEqual([
      ["class", "verdict", "-", "FZP"],
      ["double-free", "detected", ".", "3"],
      ["double-free", "blind", "3", "."],
    ]);
  });

  it("are not searched for an hour without --yes", async () => {
    const scope = { ...REQUEST.scope, ops: 12, objects: 3 };
    await expect(exhaustMistakes({ ...REQUEST, scope })).rejects.toThrow(/would take .*--yes$/);
  });
});
