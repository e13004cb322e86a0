// What a module claims to detect: an allocator that notices the second free of a block, and the
// same without that check.
import { describe, expect, it } from "vitest";
import { runGate } from "../../../src/checks/gate/gate.ts";
import { ModuleBench } from "../../../src/checks/gate/module_bench.ts";
import { moduleChecks } from "../../../src/checks/gate/module_plan.ts";
import { allocatorChecks, checkAllocator, FindingError } from "../../../src/checks/suite/vitest.ts";
import { SCRIPT_SOURCE } from "../../helper/own_allocator.ts";
import { scriptModule } from "../../module/planted.ts";

const CASES = 12;
/** A block that was freed has this class. */
const CHECK = `
  const cls = load<u32>(block - HEADER);
  if (cls == 99) unreachable();
  store<u32>(block - HEADER, 99);
  const list = lists + 4 * cls;`;
const CHECKED = SCRIPT_SOURCE.replace(
  "\n  const list = lists + 4 * load<u32>(block - HEADER);",
  CHECK,
).replace("store<u32>(block - 4, size);", "store<u32>(block - HEADER, cls);\n  $&");

const checked = scriptModule("checked", CHECKED, ["--use", "MISTAKE=0"]);
const unchecked = scriptModule("unchecked", SCRIPT_SOURCE, ["--use", "MISTAKE=0"]);

function claim(target: string) {
  const checks = moduleChecks({ target }, true, ["double-free"]);
  const check = { ...checks.find(({ name }) => name === "detects double-free")!, cases: CASES };
  return ModuleBench.here(check.options).check(check);
}

describe("the claim to detect a double free", () => {
  it("holds of an allocator that traps at the second free", () => {
    const { passed, findings, caught } = claim(checked);
    expect([passed, findings]).toEqual([true, []]);
    expect(caught["double-free"]).toBeGreaterThan(0);
  });

  it("fails of the same allocator without that check", () => {
    const { passed, findings } = claim(unchecked);
    expect(passed).toBe(false);
    expect(findings.map(({ verdict }) => verdict)).toContain("escaped");
  });

  it("is held to in a test suite, too", () => {
    const request = { cases: CASES, detects: ["double-free"] } as const;
    expect(() => checkAllocator({ ...request, target: checked })).not.toThrow();
    expect(() => checkAllocator({ ...request, target: unchecked })).toThrow(/^detects double-free/);
    const { detects } = request;
    const [claims, all] = [{ target: unchecked, detects }, { target: unchecked }].map(
      (one) => new Map(allocatorChecks(one).map(({ name, run }) => [name, run])),
    );
    expect([...claims.keys()]).toEqual([...all.keys(), "detects double-free"]);
    expect(claims.get("detects double-free")).toThrow(FindingError);
  });

  it("is refused of a class that the allocator cannot have, and of a core", async () => {
    expect(() => moduleChecks({ target: checked }, true, ["wrong-size-use"])).toThrow(
      "there is no wrong-size-use",
    );
    const refusal = "slub: what a core detects follows from its options";
    await expect(runGate({ detects: ["double-free"] })).rejects.toThrow(refusal);
    expect(() => checkAllocator({ detects: ["double-free"] })).toThrow(refusal);
    expect(() => allocatorChecks({ detects: ["double-free"] })).toThrow(refusal);
  });
});
