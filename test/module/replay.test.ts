// What a replay of a program for a module says of each operation.
import { expect, it } from "vitest";
import { ForeignEngine } from "../../src/module/engine.ts";
import { loadForeign } from "../../src/module/load/load.ts";
import { parseForeign } from "../../src/module/program/text.ts";
import { type ForeignReplay, replayForeign } from "../../src/module/replay.ts";
import { bumpModule } from "../helper/bump_module.ts";
import { fileBeside } from "./planted.ts";

const target = fileBeside("replayed.wasm", bumpModule());

function replayed(...lines: readonly string[]): ForeignReplay {
  const { module, plan } = loadForeign({ target });
  const shape = { bugs: ["none" as const], twins: false, sizes: undefined, opCountMax: 10 };
  const engine = new ForeignEngine({ module, plan }, { ...shape, seed: { high: 0, low: 1 } });
  return replayForeign(engine, parseForeign(`# target: x\n${lines.join("\n")}\n`, "x"));
}

it("an operation that the module has no function for is left out, and it is said why", () => {
  const { steps, verdict } = replayed("zalloc b0 1 8", "alloc b1 8", "resize b1 9", "free b2");
  expect(verdict).toBe("ok");
  expect(steps.map(({ result }) => result)).toEqual([
    "left out, the module has no calloc",
    expect.stringMatching(/^0x/),
    "left out, the module has no realloc",
    "left out, there is no such block",
  ]);
});

it("a byte that changed is told as it was, and as it was found to be", () => {
  const { explanation } = replayed("alloc b0 32", "alloc b1 16", "write b0 32 1 77", "free b1");
  expect(explanation.join("\n")).toMatch(/byte 0 of it was 0x(?!4d )[0-9a-f]+ and is 0x4d$/m);
});
