// Modules judged on an idle machine and beside twenty busy processes: verdicts, digests and every
// file of every finding are the same, byte by byte. Where other people work, the first machine is
// not idle, but the comparison holds for any two loads. All of them need 30 s of CPU time for each
// load: some ten minutes on two cores, of which the busy processes have nine tenths.
//
//   SLABFUZZ_TARGETS='sqlite|grows'    only the modules with such names
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startBusyProcesses } from "../helper/busy_processes.ts";
import { runSlabfuzz } from "../helper/process.ts";
import { plantedModule } from "../module/planted.ts";
import { REAL } from "../module/real_modules.ts";

const BUSY_PROCESSES = 20;
const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "slabfuzz-load-"));
afterAll(() => rmSync(folder, { recursive: true }));

const isAsked = (target: string) => new RegExp(process.env["SLABFUZZ_TARGETS"] ?? "").test(target);

const LOOPS = plantedModule("loops for ever");
/** Each case works for ever: with the usual fuel a second, or half a minute beside others. */
const LOOPS_FUEL = ["--fuel", "32000000"];

/** The quiet ones, and two that are at fault: one of them works for ever. */
const QUIET = [...Object.keys(REAL), ...(["none", "merges"] as const).map(plantedModule)].filter(
  isAsked,
);
const FAULTY = [LOOPS, plantedModule("grows over its neighbour")].filter(isAsked);
const TARGETS = [...QUIET, ...FAULTY];

/** What a campaign came to, as text: nothing in it may depend on the clock. */
interface Judged {
  readonly record: { readonly findings: readonly unknown[] };
  readonly text: string;
}

async function judged(target: string, out: string): Promise<Judged> {
  const fuel = target === LOOPS ? LOOPS_FUEL : [];
  const words = ["--seed", "3", "--cases", "24", "--ops", "400", "--json", "--out", out, ...fuel];
  const { out: said } = await runSlabfuzz(["fuzz", "--target", target, ...words], { cwd: root });
  const { seconds: _, ...record } = JSON.parse(said);
  const text = [JSON.stringify(record), ...filesIn(out)].join("\n").replaceAll(out, "OUT");
  rmSync(out, { recursive: true });
  return { record, text };
}

/** The journal tells times; findings do not. */
function filesIn(out: string): readonly string[] {
  const names = readdirSync(out, { recursive: true, encoding: "utf8" }).sort();
  const files = names.filter((name) => /[/\\].*\.(txt|slab|json)$/.test(name));
  return files.map((name) => `${name}\n${readFileSync(join(out, name), "utf8")}`);
}

async function judgedAll(name: string): Promise<ReadonlyMap<string, Judged>> {
  const all = new Map<string, Judged>();
  for (const target of TARGETS) all.set(target, await judged(target, join(folder, name)));
  console.log(`${name}: load ${loadavg()[0].toFixed(1)}`);
  return all;
}

let idle: ReadonlyMap<string, Judged>;
let busy: ReadonlyMap<string, Judged>;

beforeAll(async () => {
  idle = await judgedAll("idle");
  const endBusy = startBusyProcesses(BUSY_PROCESSES);
  try {
    busy = await judgedAll("busy");
  } finally {
    endBusy();
  }
}, 3_600_000);

it.each(TARGETS)("the module %s is judged alike on an idle machine and on a busy one", (target) => {
  expect(busy.get(target)?.text).toBe(idle.get(target)?.text);
});

it.each(QUIET)("the module %s has no finding on a busy machine", (target) => {
  expect(busy.get(target)?.record.findings).toEqual([]);
});

it.each(FAULTY)("the module %s has a finding on a busy machine, with its files", (target) => {
  expect(busy.get(target)?.record.findings.length).toBeGreaterThan(0);
  expect(busy.get(target)?.text).toContain("report.txt");
});
