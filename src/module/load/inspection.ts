// What was found out about a module, for people and for programs.
import { shortName } from "../../base/visible.ts";
import { FUEL } from "../../wasm/fuel.ts";
import type { Footprint, WorkloadFigure } from "../judge/footprint.ts";
import type { Probe, StubNote } from "../question.ts";
import { type Bound, functionsOf } from "./binding.ts";
import { functionType, typeText } from "./function_shape.ts";
import type { ForeignTarget } from "./load.ts";
import { makerOf } from "./maker.ts";

interface Inspection {
  readonly file: string;
  readonly bytes: number;
  readonly build: string;
  readonly convention: string;
  /** The compiler or the runtime, where it is known: Go, TinyGo, Zig, .NET. */
  readonly madeBy: string | undefined;
  /** Each with its type. */
  readonly functions: readonly string[];
  /** Exports that are called before anything else. */
  readonly init: readonly string[];
  /** One that trapped; the module then runs without them. */
  readonly failedInit: string | undefined;
  readonly memory: {
    readonly from: "export" | "import";
    readonly name: string | undefined;
    readonly isShared: boolean;
    readonly initialPages: number;
    readonly maximumPages: number;
  };
  readonly heapBase: number | undefined;
  readonly alignment: number;
  /** Imports by module and name. */
  readonly imports: readonly string[];
  /** Those that the allocator called. */
  readonly called: readonly StubNote[];
  readonly glue: readonly string[];
  /** Loops without an end are found by counting; else by a watchdog only. */
  readonly hasFuel: boolean;
  readonly room: number;
  readonly refuses: string;
  readonly refusesHuge: string;
  /** How much memory it takes; undefined where that could not be measured. */
  readonly footprint: Footprint | undefined;
}

/** What was measured of a module. */
interface Measured {
  readonly probe: Probe | undefined;
  readonly footprint: Footprint | undefined;
}

export function inspectionOf(target: ForeignTarget, { probe, footprint }: Measured): Inspection {
  const { path, bytes, build, shape, plan, glues, module } = target;
  const { binding, memory, heapBase } = plan;
  return {
    file: path,
    bytes: bytes.length,
    build,
    convention: binding.convention,
    madeBy: makerOf(shape)?.name,
    functions: functionsOf(binding).map((bound) => boundText(bound, target)),
    init: binding.init.map(shortName),
    failedInit: probe?.failedInit,
    memory: {
      from: shape.hasOwnMemory ? "export" : "import",
      name: memory.exported === undefined ? undefined : shortName(memory.exported),
      isShared: memory.isShared,
      initialPages: memory.initial,
      maximumPages: memory.maximum,
    },
    heapBase,
    alignment: binding.alignment,
    imports: plan.imports.map((one) => `${shortName(one.module)}.${shortName(one.name)}`),
    called: (probe?.calls ?? []).map((note) => ({ ...note, name: shortName(note.name) })),
    glue: glues.map((glue) => glue.path),
    hasFuel: WebAssembly.Module.exports(module).some(({ name }) => name === FUEL),
    room: probe?.capacity.bytes ?? 0,
    refuses: probe?.capacity.refuses ?? "unknown",
    refusesHuge: probe?.capacity.refusesHuge ?? "unknown",
    footprint,
  };
}

function boundText({ name, args }: Bound, { shape }: ForeignTarget): string {
  const type = functionType(shape.exports.get(name));
  const taken = args.join(", ") || "nothing";
  return `${shortName(name)} ${type === undefined ? "" : typeText(type)}: ${taken}`;
}

const IMPORTS_SHOWN = 8;

export function inspectionLines(found: Inspection): string[] {
  const { memory, imports, called, glue, init, failedInit, heapBase } = found;
  const shared = memory.isShared ? ", shared" : "";
  const pages = `${memory.initialPages} pages, at most ${memory.maximumPages} here${shared}`;
  const rest = imports.length - IMPORTS_SHOWN;
  const list = imports.slice(0, IMPORTS_SHOWN).join(" ");
  return [
    `${found.file}: ${found.bytes} bytes, build ${found.build}`,
    `  convention  ${found.convention}`,
    ...(found.madeBy === undefined ? [] : [`  made by     ${found.madeBy}`]),
    ...found.functions.map((text) => `  calls       ${text}`),
    ...(init.length > 0 ? [`  init        ${init.join(" ")}`] : []),
    ...(failedInit === undefined ? [] : [`  init failed ${failedInit}: left out`]),
    `  memory      ${memory.name === undefined ? "imported" : `export ${memory.name}`}, ${pages}`,
    ...(heapBase === undefined ? [] : [`  heap from   0x${heapBase.toString(16)}`]),
    `  alignment   ${found.alignment === 1 ? "as asked for" : found.alignment}`,
    `  imports     ${imports.length === 0 ? "none" : list}${rest > 0 ? ` and ${rest} more` : ""}`,
    ...called.map((note) => `  called      ${calledText(note)}`),
    ...glue.map((path) => `  glue        ${path}`),
    `  loops       ${found.hasFuel ? "counted" : "not counted, a watchdog ends them"}`,
    `  room        ${found.room} bytes, then ${REFUSALS[found.refuses] ?? found.refuses}`,
    `  near 4 GiB  ${REFUSALS[found.refusesHuge] ?? found.refusesHuge}`,
    ...(found.footprint === undefined ? [] : footprintLines(found.footprint)),
  ];
}

/** As many sizes as fit a line of a terminal. */
const SIZES_SHOWN = 8;

function footprintLines({ waste, workloads }: Footprint): readonly string[] {
  const sizes = waste.map(({ size, taken }) => `${size}: ${taken}`);
  const rows = Array.from({ length: Math.ceil(sizes.length / SIZES_SHOWN) }, (_, row) =>
    sizes.slice(row * SIZES_SHOWN, (row + 1) * SIZES_SHOWN).join("  "),
  );
  return [
    ...rows.map((row, index) => `  ${index === 0 ? "block takes" : "           "} ${row}`),
    ...workloads.map((figure, index) => {
      const { name } = figure;
      return `  ${index === 0 ? "peak takes " : "           "} ${name} ${workloadText(figure)}`;
    }),
  ];
}

/** `1.30 times the live bytes (first fit 1.12)`. */
function workloadText({ taken, live, firstFit }: WorkloadFigure): string {
  const times = (bytes: number) => (bytes / live).toFixed(2);
  return `${times(taken)} times the live bytes (first fit ${times(firstFit)})`;
}

const REFUSALS: Readonly<Record<string, string>> = {
  null: "a null pointer",
  trap: "it gives up (trap or abort)",
  granted: "granted, which cannot be",
};

function calledText({ name, count, takenFor }: StubNote): string {
  const role = takenFor === undefined ? "" : `, taken for ${takenFor}`;
  return `${name}, ${count} times${role}`;
}
