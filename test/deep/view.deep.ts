// The view of every finding of a campaign, against the record of the finding.
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { readTextFile } from "../../src/base/whole_file.ts";
import { SlabHeap } from "../../src/slub/core/heap.ts";
import { machineFor } from "../../src/slub/program/boot.ts";
import { parseScript } from "../../src/slub/program/text.ts";
import { judgeProgram } from "../../src/slub/run/case.ts";
import { viewPage } from "../../src/view/page.ts";
import { slabfuzz } from "../helper/command.ts";
import { traceOfProgram, untold } from "../view/traced.ts";

const folder = mkdtempSync(join(tmpdir(), "slabfuzz-view-"));
const CAMPAIGN = ["--cases", "6000", "--seed", "11", "--slub-debug", "FZPU"];
const PAGE_BYTES_MAX = 3 * 1024 * 1024;

afterAll(() => rmSync(folder, { recursive: true }));

it("the view of every finding names the bytes, owner and operation of its record", async () => {
  await slabfuzz("fuzz", ...CAMPAIGN, "--out", folder);
  const records = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith("finding.json"),
  );
  expect(records.length).toBeGreaterThan(20);
  const heap = new SlabHeap();
  let damages = 0;
  for (const record of records) {
    const { signature } = JSON.parse(readTextFile(join(folder, record))) as Finding;
    const file = join(folder, record.replace("finding.json", "program.slab"));
    const program = parseScript(readTextFile(file), file);
    const machine = machineFor(program);
    const { damage } = judgeProgram(program, machine, heap);
    const trace = traceOfProgram(program, machine);
    expect([record, trace.signature]).toEqual([record, signature]);
    damages += damage.length;
    expect([record, untold(trace, damage)]).toEqual([record, []]);
    expect(viewPage([trace], "slabfuzz view").length).toBeLessThan(PAGE_BYTES_MAX);
  }
  expect(damages).toBeGreaterThan(records.length / 2);
});

interface Finding {
  readonly signature: string;
}
