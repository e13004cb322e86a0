// Mutants of a small allocator in AssemblyScript, tried on few programs in this thread.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { moduleChecks } from "../../../src/checks/gate/module_plan.ts";
import { ModuleMutantTester } from "../../../src/checks/mutate/module_tester.ts";
import { type Mutant, mutantsOf } from "../../../src/checks/mutate/mutant.ts";
import type { MutantResult } from "../../../src/checks/mutate/mutant_result.ts";
import type { ModuleMutateInput, ModuleWalk } from "../../../src/checks/mutate/protocol.ts";
import { ReachProbe } from "../../../src/checks/mutate/reach.ts";
import { foreignShape } from "../../../src/module/cases.ts";
import { ForeignEngine } from "../../../src/module/engine.ts";
import { loadForeign } from "../../../src/module/load/load.ts";
import { functionsReachedFrom } from "../../../src/wasm/call_graph.ts";
import { Disassembly } from "../../../src/wasm/disassembly.ts";
import { WasmFile } from "../../../src/wasm/wasm_file.ts";
import { SCRIPT_SOURCE } from "../../helper/own_allocator.ts";
import { scriptModule } from "../../module/planted.ts";

/** Cases of the first check: long programs. */
const CASES = 6;
const OTHER = "export function other(n: u32): u32 { return n * 7 + 5; }";

function inputOf(target: string): ModuleMutateInput {
  const { module, plan, build, bytes, path } = loadForeign({ target });
  const [check] = moduleChecks({ target }, true);
  const { options } = check;
  const { capacity } = new ForeignEngine({ module, plan }, foreignShape(options)).ready;
  return {
    target: { bytes, path },
    code: { kind: "module", options, build, module, plan, capacity },
    checks: [{ ...check, cases: CASES }],
    walk: undefined,
  };
}

const right = scriptModule("mutable-0", `${SCRIPT_SOURCE}${OTHER}`, ["--use", "MISTAKE=0"]);
const file = new WasmFile(readFileSync(right));
const exported = ["malloc", "free", "realloc", "calloc"];
const functions = functionsReachedFrom(
  file,
  exported.flatMap((name) => file.indexOfFunction(name) ?? []),
);
const map = new Disassembly(file, "own.wat", functions);
const mutants = mutantsOf({ file, map }, { sources: map.sources, functions });
const input = inputOf(right);
const walk = new ModuleMutantTester(input).walk(mutants, () => {}) as ModuleWalk;

function tried(mutant: Mutant): MutantResult {
  const probe = new ReachProbe(mutants);
  const cases = walk.flags[0].flatMap((up, i) => (probe.isReached(mutant, up) ? [i] : []));
  const reached = cases.length === 0 ? [] : [{ testSet: 0, cases, isThorough: true }];
  return new ModuleMutantTester({ ...input, walk }).try(mutant, reached, () => {});
}

const mutantNamed = (id: string): Mutant => mutants.find((one) => one.id === id)!;

describe("the mutants of a module", () => {
  it("lie in functions that the allocator's exports call, and in no other", () => {
    expect(new Set(mutants.map(({ function: name }) => name))).toEqual(new Set(exported));
    const all = mutantsOf({ file, map: new Disassembly(file, "own.wat", allOf(file)) }, WHOLE);
    expect(all.some(({ function: name }) => name === "other")).toBe(true);
  });

  it("name the line of the module's text that they change", () => {
    const { source, line, text } = mutantNamed("malloc drop store #1: i32.store");
    expect(map.linesOf(source)[line - 1].trim()).toBe(text);
  });

  it("include one that a rule shows, with the check and the signature", () => {
    expect(tried(mutantNamed("malloc drop store #1: i32.store"))).toMatchObject({
      ...{ state: "killed", killer: "invariants", check: "invariants long" },
      signature: expect.stringMatching(/^none\|mutable-0\|-\|invariant /),
    });
  });

  it("include one that traps, and one that makes an operation dearer", () => {
    expect(tried(mutantNamed("malloc add->sub #1: i32.add")).killer).toBe("trapped");
    expect(tried(mutantNamed("malloc const 1->0 #1: i32.const 1")).killer).toBe("cost");
  });

  it("include an equivalent one, which nothing shows", () => {
    // 1 << 30 bytes and a header are more than there is: both answer with a null pointer.
    const result = tried(mutantNamed("malloc gt_u->ge_u #1: i32.gt_u"));
    expect(result).toMatchObject({ state: "survived", programs: CASES });
  });
});

it("a module that breaks a rule by itself is told from one that can be mutated", () => {
  const wrong = scriptModule("mutable-1", SCRIPT_SOURCE, ["--use", "MISTAKE=1"]);
  const failed = new ModuleMutantTester(inputOf(wrong)).walk([], () => {});
  expect(failed).toMatchObject({
    check: "invariants long",
    signature: expect.stringContaining("corrupt"),
  });
});

const WHOLE = { sources: ["own.wat"] };

function allOf({ functions: bodies }: WasmFile): ReadonlySet<number> {
  return new Set(bodies.map(({ index }) => index));
}
