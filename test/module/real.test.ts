// Modules in common use are judged without a mapping, and have no finding. test/deep/real.deep.ts
// plays more cases on them.
import { describe, expect, it } from "vitest";
import { bindingText } from "../../src/module/load/binding.ts";
import { loadForeign } from "../../src/module/load/load.ts";
import { engineFor, play, REAL } from "./real_modules.ts";

const CASES = 6;

describe.each(Object.entries(REAL))("the real module %s", (target, binding) => {
  it("needs no explicit mapping of its exports", () => {
    expect(bindingText(loadForeign({ target }).plan.binding)).toBe(binding);
  });

  it("breaks no rule, in the same way each time", () => {
    const once = play(engineFor(target, ["none"]), CASES);
    expect(once.filter((line) => !line.startsWith("ok"))).toEqual([]);
    expect(play(engineFor(target, ["none"]), CASES)).toEqual(once);
  });

  it("gets no finding for a double free of the program", () => {
    const verdicts = play(engineFor(target, ["double-free"]), CASES).map(
      (line) => line.split(" ")[0],
    );
    expect(verdicts).not.toContain("invariant");
    expect(verdicts.some((verdict) => verdict !== "ok")).toBe(true);
  });
});

it("a real module is judged by the names that its glue calls, where these are told", () => {
  const exports = "malloc=omalloc,free=ofree";
  const engine = engineFor("vscode-oniguruma", ["none"], exports);
  expect(bindingText(engine.plan.binding)).toBe("mapping (omalloc ofree)");
  expect(play(engine, CASES).filter((line) => !line.startsWith("ok"))).toEqual([]);
});
