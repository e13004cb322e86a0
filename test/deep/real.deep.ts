// Modules in common use break no rule in many cases, of which the fast tests play the first ones.
import { expect, it } from "vitest";
import { engineFor, play, REAL } from "../module/real_modules.ts";

const CASES = 60;

it.each(Object.keys(REAL))("the real module %s breaks no rule", (target) => {
  const lines = play(engineFor(target, ["none"]), CASES);
  expect(lines.filter((line) => !line.startsWith("ok"))).toEqual([]);
});
