// The digests of many generated programs: in the playground, and at the command line.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SlabHeap } from "../../src/slub/core/heap.ts";
import { machineFor } from "../../src/slub/program/boot.ts";
import { parseScript } from "../../src/slub/program/text.ts";
import { judgeProgram } from "../../src/slub/run/case.ts";
import { browserProgram } from "../html/browser.ts";
import { OpenPlayground } from "../playground/open_page.ts";
import { generatedScripts } from "../playground/programs.ts";

const EACH = 500;

const program = browserProgram();

describe.skipIf(program === undefined)("the playground", () => {
  let playground: OpenPlayground;

  beforeAll(async () => {
    playground = await OpenPlayground.launch(program!);
    await playground.open();
  });

  afterAll(async () => await playground?.close());

  it(`gives the digests of the command line for ${EACH} programs of each kernel`, async () => {
    const scripts = generatedScripts({ each: EACH });
    expect(scripts.length).toBe(4 * EACH);
    const heap = new SlabHeap();
    const differences: string[] = [];
    const digests = new Set<string>();
    for (const text of scripts) {
      const there = playground.digestOf(text);
      const program = parseScript(text, "program");
      const { digest } = judgeProgram(program, machineFor(program), heap);
      digests.add(digest);
      if ((await there) !== digest) differences.push(text);
    }
    expect(differences).toEqual([]);
    // Programs whose mistake does not show may answer alike.
    expect(digests.size).toBeGreaterThan(2 * EACH);
    expect(playground.complaints).toEqual([]);
  }, 600_000);
});
