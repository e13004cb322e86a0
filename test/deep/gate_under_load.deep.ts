// The gate on an overloaded machine: it is green, or it tells that it could not finish. It never
// reports a finding, and never advises to accept new files.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startBusyProcesses } from "../helper/busy_processes.ts";
import { runSlabfuzz } from "../helper/process.ts";

const BUSY_PROCESSES = 20;
const RUNS = 5;
const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "slabfuzz-load-"));
let endBusy = () => {};

beforeAll(() => {
  endBusy = startBusyProcesses(BUSY_PROCESSES);
});

afterAll(() => {
  endBusy();
  rmSync(folder, { recursive: true });
});

interface Ended {
  readonly code: number | null;
  readonly text: string;
  readonly result: { readonly passed: boolean; readonly findings: readonly object[] };
}

/** `slabfuzz ci`, run from its build. */
async function gate(...words: readonly string[]): Promise<Ended> {
  const line = ["ci", "--time", "2s", "--out", folder, ...words];
  const { code, out, error } = await runSlabfuzz(line, { cwd: root });
  const result = JSON.parse(readFileSync(join(folder, "result.json"), "utf8"));
  return { code, text: out + error, result };
}

function expectNoBlame({ code, text, result }: Ended): void {
  expect(result.findings).toEqual([]);
  expect(text).not.toContain("--update");
  if (code !== 0) {
    expect([code, result.passed]).toEqual([3, false]);
    expect(text).toContain("could not finish in its time");
  } else expect(result.passed).toBe(true);
}

describe.each([["--quick"], ["--no-quick"]])(
  `"slabfuzz ci %s" beside ${BUSY_PROCESSES} busy processes`,
  (extent) => {
    it.each(Array.from({ length: RUNS }, (_, i) => i + 1))(
      "reports no finding in run %i",
      async (seed) => {
        expectNoBlame(await gate(extent, "--seed", String(seed)));
      },
    );
  },
);

it("a limit that a healthy core can hardly keep causes no finding", async () => {
  const words = ["--quick", "--sections", "golden", "--timeout", "60ms", "--seed", "1"];
  expectNoBlame(await gate(...words));
});
