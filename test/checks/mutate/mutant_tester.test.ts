// Mutants are killed by what ought to see them; the original is not killed at all.
import { describe, expect, it } from "vitest";
import { baselineText } from "../../../src/checks/cost/baseline.ts";
import type { Mutant } from "../../../src/checks/mutate/mutant.ts";
import type { MutantResult } from "../../../src/checks/mutate/mutant_result.ts";
import { MutantTester } from "../../../src/checks/mutate/mutant_tester.ts";
import { allTestSets, costOfMutant, Reference } from "../../../src/checks/mutate/reference.ts";
import { mutableCore, ownMutants } from "../../helper/mutable_core.ts";

const module = mutableCore();
const all = ownMutants(module);
/** Enough to see what is asked for here. */
const NAMES = ["invariants v6.1 up -", "detectors v6.1 up FZ", "v6.1 smp -"];
const testSets = allTestSets().filter(({ player }) => NAMES.includes(player.name));

function mutantIn(name: string, operator: string, text: string): Mutant {
  const found = all.filter(
    (one) => one.function === name && one.operator === operator && one.text.includes(text),
  );
  expect(found.length).toBeGreaterThan(0);
  return found[0];
}

async function tried(mutant: Mutant): Promise<MutantResult> {
  const reference = await Reference.of(module, [mutant], testSets);
  const tester = new MutantTester(module, testSets, reference.expectations);
  return tester.try(mutant, reference.reachOf(mutant));
}

describe("the test sets", () => {
  it("are the gate's checks and golden programs, by kind", () => {
    const kinds = new Set(allTestSets().map(({ kind }) => kind));
    expect(kinds).toEqual(new Set(["invariants", "detectors", "twins", "golden"]));
    expect(testSets).toHaveLength(NAMES.length);
  });

  it("kill a mutant that loses count by a rule about counts", async () => {
    const result = await tried(mutantIn("set_inuse", "drop store", "store<u16>"));
    expect(result).toMatchObject({ state: "killed", killer: "invariants", check: NAMES[0] });
    expect(result.signature).toMatch(/^none\|.*\|invariant /);
  });

  it("kill a mutant that does not check red zones by the detectors", async () => {
    const result = await tried(mutantIn("check_object_sections", "never branch", "Letter.Z"));
    const found = await tried(mutantIn("object_is_clean", "never branch", "Letter.Z"));
    expect([result.state, found.state]).toContain("killed");
    expect([result.killer, found.killer]).toContain("detectors");
  });

  it("kill a mutant of a lane, which is taken where checks are skipped", async () => {
    const mutant = mutantIn("lane_alloc", "const 1->0", "inuse_of(page) + 1");
    const reference = await Reference.of(module, [mutant], testSets);
    const reached = reference.reachOf(mutant);
    expect(reached.map(({ isThorough }) => isThorough)).toContain(false);
    const tester = new MutantTester(module, testSets, reference.expectations);
    expect(tester.try(mutant, reached).state).toBe("killed");
    const anyway = reached.map((programs) => ({ ...programs, isThorough: true }));
    expect(tester.try(mutant, anyway).state).toBe("survived");
  });

  it("call a mutant that never ends hung", async () => {
    const result = await tried(mutantIn("refill_from_cpu", "const 0->1", "is_from_partial"));
    expect(result).toMatchObject({ state: "killed", killer: "hung" });
  });

  it("do not kill the original", async () => {
    const healthy: Mutant = { ...mutantIn("set_inuse", "drop store", "store<u16>"), patches: [] };
    const reached = testSets.map(({ player }, testSet) => ({
      testSet,
      cases: Array.from({ length: player.count }, (_, i) => i),
      isThorough: true,
    }));
    const { expectations } = await Reference.of(module, all.slice(0, 1), testSets);
    const result = new MutantTester(module, testSets, expectations).try(healthy, reached);
    expect(result).toMatchObject({ state: "survived", stumble: undefined });
    expect(result.programs).toBe(testSets.reduce((sum, { player }) => sum + player.count, 0));
  });

  it("call a mutant that fills without an end hung", async () => {
    const result = await tried(mutantIn("reset_pages", "add->sub", "touched_bytes"));
    expect(result).toMatchObject({ state: "killed", killer: "hung" });
  });

  it("call a mutant that leaves the memory trapped", async () => {
    const result = await tried(mutantIn("page_memory", "sub->add", "mem_map"));
    expect(result).toMatchObject({ state: "killed", killer: "trapped" });
  });

  it("report where no program executes the mutation", () => {
    const mutant = mutantIn("set_inuse", "drop store", "store<u16>");
    const tester = new MutantTester(module, testSets, {
      testSets: [],
      cost: baselineText(costOfMutant(module, [])),
    });
    expect(tester.try(mutant, [])).toEqual({
      id: mutant.id,
      state: "not-reached",
      programs: 0,
      ms: 0,
    });
  });
});
