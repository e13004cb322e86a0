// Mutants are small and valid, and keep their names while the source is unchanged.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readEquivalents } from "../../../src/checks/mutate/equivalents.ts";
import { locationText, mutantsOf } from "../../../src/checks/mutate/mutant.ts";
import { patched } from "../../../src/wasm/rewrite.ts";
import { mutableCore, ownMutants } from "../../helper/mutable_core.ts";

const module = mutableCore();
const mutants = ownMutants(module);
/** A part of the mutants, since all of them take too long. */
const STRIDE = 5;

describe("the mutants of the core", () => {
  it("number several hundred, each with a name of its own", () => {
    expect(mutants.length).toBeGreaterThan(500);
    expect(new Set(mutants.map(({ id }) => id)).size).toBe(mutants.length);
  });

  it("lie in the sources of the allocator, in the function that they name", () => {
    for (const { source, line, function: name, text } of mutants) {
      expect(source).toMatch(/^assembly\/(page|slab)\//);
      const lines = readFileSync(source, "utf8").split("\n");
      expect(lines[line - 1].trim()).toBe(text);
      // Methods of classes, and what runs when a module starts, are left out here.
      const head = lines
        .slice(0, line)
        .reverse()
        .find((above) => /^(export )?function/.test(above));
      if (head !== undefined && !source.endsWith("types.ts")) expect(head).toContain(` ${name}`);
    }
  });

  it("include those that the list of equivalent mutants names", () => {
    const ids = new Set(mutants.map(({ id }) => id));
    const gone = [...readEquivalents("slabfuzz.mutants.json").keys()].filter((id) => !ids.has(id));
    expect(gone).toEqual([]);
  });

  it("are valid modules, and none of them is the original", () => {
    for (let i = 0; i < mutants.length; i += STRIDE) {
      const bytes = patched(module.file, mutants[i].patches);
      expect([mutants[i].id, WebAssembly.validate(bytes)]).toEqual([mutants[i].id, true]);
      expect(Buffer.compare(bytes, module.file.bytes)).not.toBe(0);
    }
  });

  it.each([
    "add->sub",
    "lt_u->le_u",
    "eq->ne",
    "const 1->0",
    "drop store",
    "negate branch",
    "never branch",
    "drop call init_object",
  ])("include the mutation %s", (operator) => {
    expect(mutants.some((mutant) => mutant.operator === operator)).toBe(true);
  });

  it("include an inlined construct at every place where it was inlined", () => {
    const stores = mutants.filter(
      (one) => one.function === "set_freelist" && one.operator === "drop store",
    );
    expect(stores).toHaveLength(1);
    expect(stores[0].patches.length).toBeGreaterThan(5);
  });

  it("do not negate a condition twice, as a comparison and as a branch", () => {
    const line = mutants.filter(({ text }) => text === "if (link == 0) return 0;");
    expect(line.map(({ operator }) => operator)).toContain("negate branch");
    expect(line.map(({ operator }) => operator)).not.toContain("eq->ne");
  });
});

it("the mutants of one function can be selected", () => {
  const some = mutantsOf(module, { sources: ["assembly/slab/"], function: "settle_slab" });
  expect(some.length).toBeGreaterThan(5);
  expect(new Set(some.map(({ function: name }) => name))).toEqual(new Set(["settle_slab"]));
  const places = some.map(locationText);
  expect(places[0]).toMatch(/^assembly\/slab\/free\.ts:\d+:\d+$/);
});
