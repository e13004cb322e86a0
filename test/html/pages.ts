// The pages that slabfuzz writes, small ones, for a reader to look at.
import { readFileSync } from "node:fs";
import { benchPage } from "../../src/compare/bench/bench_page.ts";
import { runBench } from "../../src/compare/bench/run.ts";
import { layoutsOf } from "../../src/compare/layout/layout.ts";
import { layoutPage } from "../../src/compare/layout/layout_page.ts";
import { type Matrix, matrixOf } from "../../src/compare/matrix/matrix.ts";
import { matrixPage } from "../../src/compare/matrix/matrix_page.ts";
import { OPTION_SETS } from "../../src/compare/option_sets.ts";
import { representativeOf } from "../../src/compare/score/representative.ts";
import { score } from "../../src/compare/score/score.ts";
import { scorePage } from "../../src/compare/score/score_page.ts";
import { SlabHeap } from "../../src/slub/core/heap.ts";
import { resolveMachine } from "../../src/slub/program/boot.ts";
import type { ProfileName } from "../../src/slub/program/op.ts";
import { parseScript } from "../../src/slub/program/text.ts";
import { PROFILES } from "../../src/slub/program/variant.ts";

const heap = new SlabHeap();
const profiles: readonly ProfileName[] = ["v3.10", "v6.12"];
const version = "0";

/** The seed under every option set. */
export function seedPage(): string {
  const text = readFileSync(new URL("../../examples/seed.slab", import.meta.url), "utf8");
  const program = parseScript(text, "seed.slab");
  const matrix = matrixOf({ name: "seed.slab", program, heap, profiles, options: OPTION_SETS });
  return matrixPage({ matrices: [matrix], command: "slabfuzz matrix seed.slab", version });
}

/** Some bug classes under every option set. */
export function classesPage(): string {
  const matrices = (["off-by-one", "double-free"] as const).flatMap((bug): Matrix[] => {
    const program = representativeOf({ bug, seed: 1n });
    if (program === undefined) return [];
    return [matrixOf({ name: bug, program, heap, profiles, options: OPTION_SETS })];
  });
  return matrixPage({ matrices, command: "slabfuzz matrix --bugs off-by-one", version });
}

/** A short benchmark. */
export async function smallBenchPage(): Promise<string> {
  const profiles = ["v6.1"] as const;
  const result = await runBench({
    machine: "a test",
    workloads: ["uniform"],
    sizes: "320",
    live: [16, 64],
    options: ["-", "F", "FZPU"],
    profiles,
    targets: [{ target: "tlsf" }],
    timeMs: 10,
    baseline: "-",
    detectionCases: 1,
  });
  return benchPage({ result, command: "slabfuzz bench" });
}

/** A small scorecard. */
export async function smallScorePage(): Promise<string> {
  const bugs = ["double-free", "off-by-one", "write-after-reuse"] as const;
  const options = ["-", "FZ", "FZPU"];
  const common = { cases: 8, seed: 1n, opCountMax: 30, jobs: 1 };
  const card = await score({ bugs, profiles: ["v3.10", "v6.12"], options, ...common });
  return scorePage({ score: card, command: "slabfuzz score --cases 8", version });
}

/** A slot on every kernel. */
export function geometryPage(): string {
  const machines = PROFILES.map((profile) => resolveMachine({}, { profile }));
  const form = { size: 312, align: 0, flags: "FZPU", ctor: false };
  const layouts = layoutsOf(heap, machines, form);
  return layoutPage({ layouts, command: "slabfuzz geometry 312 --flags FZPU", version });
}
