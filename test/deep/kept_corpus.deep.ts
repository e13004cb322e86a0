// A guided search that is interrupted keeps its corpus, and one that fails says why before it says
// that the corpus is lost.
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { type GuidedRequest, guidedFuzz } from "../../src/search/guided.ts";
import { GUIDED_ROUND } from "../../src/search/guided_search.ts";

const folder = mkdtempSync(join(tmpdir(), "slabfuzz-kept-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const corpus = join(folder, "corpus");
beforeEach(() => rmSync(corpus, { recursive: true, force: true }));

const REQUEST: GuidedRequest = { bugs: ["none"], seed: 7n, cases: 2 * GUIDED_ROUND, corpus };

const programsIn = (path: string) => readdirSync(path).filter((name) => name.endsWith(".slab"));

/** A file stands where the folder was: nothing can be written there any more. */
function takeFolderAway(): void {
  rmSync(corpus, { recursive: true, force: true });
  writeFileSync(corpus, "");
}

describe("the corpus of a guided search", () => {
  it("is written where the search is interrupted, with what whole rounds found", async () => {
    const stop = new AbortController();
    const onProgress = () => stop.abort();
    const { interrupted, guidance } = await guidedFuzz({
      ...{ ...REQUEST, cases: 100 * GUIDED_ROUND },
      ...{ onProgress, signal: stop.signal },
    });
    expect(interrupted).toBe(true);
    expect(programsIn(corpus)).toHaveLength(guidance.corpus);
  });

  it("does not hide why a search failed where it cannot be written, either", async () => {
    const notes: string[] = [];
    const onProgress = () => {
      takeFolderAway();
      throw new Error("the screen is gone");
    };
    const request = { ...REQUEST, onProgress, onNote: (note: string) => notes.push(note) };
    await expect(guidedFuzz(request)).rejects.toThrow("the screen is gone");
    expect(notes.join()).toContain(corpus);
    expect(existsSync(join(corpus, "corpus.json"))).toBe(false);
  });
});
