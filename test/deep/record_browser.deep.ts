// The recorder in a real browser, bundled as a page bundles it: the trace is the one of Node.
import { readFileSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packagePath } from "../../src/base/package_file.ts";
import { record, recordNext } from "../../src/module/record/record.ts";
import { browserProgram } from "../html/browser.ts";
import { plantedModule } from "../module/planted.ts";

const program = browserProgram();
/** What the bundle is called in the page. */
const NAME = "slabfuzzRecord";
const RECORDER = "dist/src/module/record/record.js";

async function bundledRecorder(): Promise<string> {
  const bundle = await rolldown({ input: packagePath(RECORDER), platform: "browser" });
  const { output } = await bundle.generate({ format: "iife", name: NAME, codeSplitting: false });
  await bundle.close();
  expect(output).toHaveLength(1);
  return output[0].code;
}

/** What a page has to be told: functions that run there know nothing of this file. */
interface Told {
  readonly bytes: readonly number[];
  /** The instance is made by code that keeps its exports to itself. */
  readonly isGlue: boolean;
}

interface Recorder {
  readonly record: typeof record;
  readonly recordNext: typeof recordNext;
}

/** Drives the module; returns the trace. In a page the recorder is a global. */
async function traceOf({ bytes, isGlue }: Told, given?: Recorder): Promise<string> {
  const { slabfuzzRecord } = globalThis as unknown as { slabfuzzRecord: Recorder };
  const recorder = given ?? slabfuzzRecord;
  const code = Uint8Array.from(bytes);
  const options = { target: "own.wasm" };
  const next = isGlue ? recorder.recordNext(options) : undefined;
  const imports = { env: { abort: () => {} } };
  const { instance } = await WebAssembly.instantiate(code, imports);
  const recording = next?.recording ?? recorder.record(instance, { ...options, bytes: code });
  type Calls = Readonly<Record<string, (...args: number[]) => number>>;
  const calls = recording.exports as unknown as Calls;
  const { malloc, calloc, realloc, free } = calls;
  const kept = Array.from({ length: 3000 }, (_, i) => malloc(1 + ((i * 7919) % 5000)));
  for (const [i, block] of kept.entries()) if (i % 3 === 0) free(block);
  const moved = realloc(kept[1], 9000);
  free(calloc(3, 70));
  free(moved);
  free(moved);
  next?.release();
  return recording.trace();
}

describe.skipIf(program === undefined)("a recording in a browser", () => {
  const bytes = [...readFileSync(plantedModule("none"))];
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: program!, args: ["--no-sandbox"] });
    page = await browser.newPage();
    await page.addScriptTag({ content: await bundledRecorder() });
  });
  afterAll(() => browser.close());

  it.each([false, true])(
    "gives the trace of Node, where glue makes the instance: %s",
    async (isGlue) => {
      const here = await traceOf({ bytes, isGlue }, { record, recordNext });
      const there = await page.evaluate(traceOf as (told: Told) => Promise<string>, {
        bytes,
        isGlue,
      });
      expect(there).toBe(here);
      expect(here.split("\n").filter((line) => line.startsWith("alloc "))).toHaveLength(3000);
      expect(here.trimEnd().split("\n").at(-1)).toMatch(/^refree b/);
    },
  );
});
