// `slabfuzz teach` without a terminal: the list, a lesson as a whole, and answers.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { LESSONS } from "../../src/playground/lessons/lessons.ts";
import { slabfuzz } from "../helper/command.ts";

describe("slabfuzz teach", () => {
  const folder = mkdtempSync(join(tmpdir(), "slabfuzz-teach-"));
  const file = join(folder, "mine.slab");
  afterAll(() => rmSync(folder, { recursive: true }));

  it("lists the lessons without a number", async () => {
    const { out } = await slabfuzz("teach");
    expect(out.split("\n").filter(Boolean)).toEqual(
      LESSONS.map(({ title }, i) => `${i + 1}  ${title}`),
    );
  });

  it("prints all of a lesson: operations, sentences, reports and questions", async () => {
    const { out, code } = await slabfuzz("teach", "2");
    const words = out.replace(/\s+/g, " ");
    for (const sentence of Object.values(LESSONS[1].steps))
      expect(words).toContain(`> ${sentence}`);
    for (const { ask } of LESSONS[1].questions) expect(words).toContain(ask);
    expect(out).toContain("op 4: free c a");
    expect(out).toContain("  => size=80 object_size=60");
    expect(out).toMatch(/BUG c .*Right Redzone overwritten/);
    expect(code).toBeUndefined();
  });

  it("says of a program which questions it answers", async () => {
    writeFileSync(file, LESSONS[1].program.replace("c 60", "c 61"));
    const { out, code } = await slabfuzz("teach", "2", "--check", file);
    expect(out).toBe("question 1: right\nquestion 2: not yet, the mistake is gone\n");
    expect(code).toBeUndefined();
  });

  it("exits with 1 for a program that answers nothing", async () => {
    writeFileSync(file, LESSONS[1].program);
    expect((await slabfuzz("teach", "2", "--check", file)).code).toBe(1);
  });

  it.each([
    [["9"], /1 to 8/],
    [["--check", "x.slab"], /say which lesson/],
    [["1", "--check", "no-such-file.slab"], /no-such-file\.slab/],
  ])("refuses %j in one sentence", async (words, sentence) => {
    const { code, error } = await slabfuzz("teach", ...words);
    expect(code).toBe(2);
    expect(error.trim().split("\n")).toEqual([expect.stringMatching(sentence)]);
  });
});
