// The matrix of the seed agrees with what real kernels did, cell by cell, wherever there is a
// recording of the cell: at which operation the first report was made, in which words, and how it
// ended.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Matrix, type MatrixCell, matrixOf } from "../../src/compare/matrix/matrix.ts";
import { OPTION_SETS } from "../../src/compare/option_sets.ts";
import { SlabHeap } from "../../src/slub/core/heap.ts";
import type { ProfileName } from "../../src/slub/program/op.ts";
import { parseScript } from "../../src/slub/program/text.ts";
import { deathOf, headlineOf } from "../../src/slub/words/transcript.ts";
import { goldenLines, KERNELS, loadArchive, type Recording } from "./archive.ts";

const heap = new SlabHeap();

/** The seed by boot parameter: `seed310.OPTIONS.CACHE`, perhaps with a validate in the middle. */
const BY_PARAMETER = /^seed310\.(none|[FZPU]+)\.(A320|A312H)(\.val)?$/;

describe("the seed on 3.10", () => {
  const recordings = loadArchive("v3.10").recordings.filter(({ name }) => BY_PARAMETER.test(name));
  const variants = new Set(recordings.map(({ name }) => name.replace(/^seed310\.\w+\./, "")));

  it("is recorded under nine option sets, in four variants", () => {
    const sets = new Set(recordings.map(({ name }) => optionsOf(name)));
    expect([...sets].sort()).toEqual(["-", "F", "FP", "FZ", "FZP", "FZPU", "P", "U", "Z"]);
    expect([...variants].sort()).toEqual(["A312H", "A312H.val", "A320", "A320.val"]);
    expect(recordings).toHaveLength(sets.size * variants.size);
  });

  it.each([...variants])("agrees with every recorded cell of the variant %s", (variant) => {
    const own = recordings.filter(({ name }) => name.replace(/^seed310\.\w+\./, "") === variant);
    // One program for all cells: only the boot parameter of the scripts differs.
    const bodies = new Set(own.map(({ script }) => script.replace(/^# boot:.*\n/, "")));
    expect(bodies.size).toBe(1);
    const script = own[0].script.replace(/ slub_debug=\S+/, "");
    const matrix = matrixFor(script, "v3.10", OPTION_SETS);
    const differing = own.filter((recording) => {
      const cell = matrix.cells.find(({ options }) => options === optionsOf(recording.name));
      return !agrees(cell, recording);
    });
    expect(differing.map(({ name }) => name)).toEqual([]);
  });
});

it("the documentation's example is the recorded program, up to what option sets show", () => {
  const { recordings } = loadArchive("v3.10");
  const example = readFileSync(new URL("../../examples/seed.slab", import.meta.url), "utf8");
  const matrix = matrixFor(example, "v3.10", OPTION_SETS);
  const cells = recordings.filter(({ name }) => /^seed310\.(none|[FZPU]+)\.A312H$/.test(name));
  for (const recording of cells) {
    const cell = matrix.cells.find(({ options }) => options === optionsOf(recording.name));
    const recorded = recordedCell(recording);
    // The recording destroys its cache while it holds objects: the example gives them back.
    const isLeak = recorded.words.includes("Objects remaining");
    expect([recording.name, cell?.report?.text.split(" ")[0]]).toEqual([
      recording.name,
      isLeak ? undefined : recorded.text.split(" ")[0],
    ]);
    if (!isLeak) expect(saysTheSame(cell?.report?.words ?? "", recorded.words)).toBe(true);
    expect(cell?.end).toBe(recorded.end);
  }
  expect(cells).toHaveLength(9);
});

function optionsOf(name: string): string {
  const [, options] = name.split(".");
  return options === "none" ? "-" : options;
}

describe.each(KERNELS)("the seed whose caches have letters of their own, on %s", (kernel) => {
  const recordings = loadArchive(kernel).recordings.filter(({ name }) => /^seed\./.test(name));

  it("agrees with every recording", () => {
    const differing = recordings.filter((recording) => {
      const matrix = matrixFor(recording.script, kernel, ["-"]);
      return !agrees(matrix.cells[0], recording);
    });
    expect(differing.map(({ name }) => name)).toEqual([]);
    expect(recordings.length).toBeGreaterThan(25);
  });
});

it("the comparison of a matrix reports a cell that belongs to another", () => {
  const recording = loadArchive("v3.10").recordings.find(({ name }) => name === "seed310.F.A312H");
  const matrix = matrixFor(recording!.script, "v3.10", ["F", "FZ", "-"]);
  expect(matrix.cells.map((cell) => agrees(cell, recording!))).toEqual([true, false, false]);
});

function matrixFor(script: string, profile: ProfileName, options: readonly string[]): Matrix {
  const program = parseScript(script, "seed.slab");
  return matrixOf({ name: "seed", program, heap, profiles: [profile], options });
}

function agrees(cell: MatrixCell | undefined, recording: Recording): boolean {
  const recorded = recordedCell(recording);
  if (cell === undefined) return false;
  const { report, death } = cell;
  return (
    (report?.op ?? "never") === recorded.op &&
    saysTheSame(report?.words ?? "", recorded.words) &&
    cell.end === recorded.end &&
    saysTheSame(death?.words ?? "", recorded.death)
  );
}

interface RecordedCell {
  readonly op: number | "never";
  /** The operation as it was written. */
  readonly text: string;
  readonly words: string;
  readonly end: MatrixCell["end"];
  readonly death: string;
}

/** What a recording says of the same things. */
function recordedCell(recording: Recording): RecordedCell {
  const ops = operationsOf(recording);
  const op = ops.findIndex(({ kernel }) => headlineOf(kernel) !== undefined);
  const last = ops[ops.length - 1];
  const end = endOf(last.head);
  return {
    op: op === -1 ? "never" : op,
    text: op === -1 ? "" : ops[op].head.replace(/^@@ op \d+: /, ""),
    words: op === -1 ? "" : (headlineOf(ops[op].kernel) ?? ""),
    end,
    death: end === "completed" ? "" : (deathOf(last.kernel) ?? ""),
  };
}

function endOf(head: string): MatrixCell["end"] {
  if (head.includes("=> CRASH")) return "crash";
  return head.includes("=> HANG") ? "hang" : "completed";
}

interface RecordedOp {
  readonly head: string;
  readonly kernel: string[];
}

function operationsOf(recording: Recording): RecordedOp[] {
  const ops: RecordedOp[] = [];
  for (const line of goldenLines(recording)) {
    if (line.startsWith("@@ op ")) ops.push({ head: line, kernel: [] });
    else ops.at(-1)?.kernel.push(line.replace(/^ {4}\| ?/, ""));
  }
  return ops;
}

/** Recordings have `{...}` where a number depends on the machine, and leave addresses out. */
function saysTheSame(own: string, recorded: string): boolean {
  const pattern = recorded
    .split(/\{[^}]*\}/)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
    .join("\\S+?");
  return new RegExp(`^${pattern}$`).test(own);
}
