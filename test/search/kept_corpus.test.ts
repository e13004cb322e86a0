// What a guided search keeps when it does not end as it should: the corpus is written all the
// same, and where it cannot be written, that is said and hides nothing else.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { UnstoredCampaign } from "../../src/campaign/fuzz.ts";
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
  it("is written where the search fails in its middle", async () => {
    const onProgress = () => {
      throw new Error("the screen is gone");
    };
    await expect(guidedFuzz({ ...REQUEST, onProgress })).rejects.toThrow("the screen is gone");
    expect(programsIn(corpus).length).toBeGreaterThan(1);
  });

  it("is said to be lost where it cannot be written, beside the result of the search", async () => {
    const error = await guidedFuzz({ ...REQUEST, onProgress: takeFolderAway }).catch((one) => one);
    expect(error).toBeInstanceOf(UnstoredCampaign);
    expect(error.message).toMatch(/corpus: /);
    expect((error as UnstoredCampaign).result.summary.cases).toBe(2 * GUIDED_ROUND);
  });
});
