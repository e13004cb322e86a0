// Which core is fuzzed: our own, its canary build with one deliberate bug, or one from
// another build.
import { Planted, Unguarded } from "../abi.ts";
import { omit } from "../base/fields.ts";
import { unknownText } from "../base/option_text.ts";
import { UserError } from "../base/user_error.ts";
import { SlabHeap } from "./core/heap.ts";
import { adoptModule, type CoreKind } from "./core/load.ts";
import type { Machine } from "./program/machine.ts";
import type { Program } from "./program/op.ts";

export interface NamedCore {
  /** As the command line says it. */
  readonly name: string;
  readonly core: CoreKind;
  readonly planted: Planted | Unguarded;
}

const CANARY = "canary:";
const WASM = ".wasm";
const OTHER_TARGETS = `${CANARY}NAME, a file that ends in ${WASM}, or an installed package`;

/** Names of the deliberate bugs, as the command line says them. */
export const CANARY_NAMES: readonly string[] = Object.values(Planted)
  .filter((value) => typeof value === "string" && value !== "NONE")
  .map((name) => kebab(String(name)));

/** `slub`, `canary:NAME`, or the path of a file that ends in .wasm. */
export function parseCore(name: string): NamedCore {
  if (name === "slub") return { name, core: "release", planted: Planted.NONE };
  if (name.endsWith(WASM)) return { name, core: `other:${name}`, planted: Planted.NONE };
  const bug = name.startsWith(CANARY) ? name.slice(CANARY.length) : "";
  if (CANARY_NAMES.includes(bug)) return { name, core: "canary", planted: plantedNamed(bug) };
  const known = bug === "" ? ["slub", "tlsf"] : CANARY_NAMES.map((one) => CANARY + one);
  throw new UserError(unknownText("target", name, known, OTHER_TARGETS));
}

/** A core that exists in memory only: a module with the exports of ours. */
export function coreOfModule(name: string, module: WebAssembly.Module): NamedCore {
  const core = `other:${name}` as const;
  adoptModule(core, module);
  return { name, core, planted: Planted.NONE };
}

function plantedNamed(bug: string): Planted {
  const key = bug.toUpperCase().replaceAll("-", "_") as keyof typeof Planted;
  return Planted[key];
}

function kebab(name: string): string {
  return name.toLowerCase().replaceAll("_", "-");
}

/** What a script was found on, as its header says; without a word about it, the SLUB core. */
export function coreOf({ header }: Program): NamedCore {
  return parseCore(header.target ?? "slub");
}

/** The program with a header that says what it was found on. */
export function onCore(program: Program, { name }: Pick<NamedCore, "name">): Program {
  const rest = omit(program.header, "target");
  return { ...program, header: name === "slub" ? rest : { ...rest, target: name } };
}

/** A heap of a core; its deliberate bug is there from the first boot on. */
export function heapFor(target: NamedCore): SlabHeap {
  return target.planted === Planted.NONE ? new SlabHeap(target.core) : new CanaryHeap(target);
}

/**
 * A heap of the core that a script was found on, as its `# target:` line says; without one, of our
 * own core. Throws a UserError if the line names no core.
 */
export function heapOf(program: Program): SlabHeap {
  return heapFor(coreOf(program));
}

class CanaryHeap extends SlabHeap {
  readonly #planted: Planted | Unguarded;

  constructor(target: NamedCore) {
    super(target.core);
    this.#planted = target.planted;
    // A bug of a check shows where the check is made, a bug of what skips it where it is not.
    this.isThorough = Unguarded[target.planted] === undefined;
  }

  override configure(machine: Machine): void {
    super.configure(machine, this.#planted);
  }
}
