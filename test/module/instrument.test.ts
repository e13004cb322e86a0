// The build number of a foreign module: every setting that can change a result changes the number.
import { expect, it } from "vitest";
import { buildOfModule, loadForeign } from "../../src/module/load/load.ts";
import { withCappedMemory } from "../../src/wasm/cap.ts";
import { LOOP_FUEL, withFuel } from "../../src/wasm/fuel.ts";
import { GROWTH_LIMIT } from "../../src/wasm/growth.ts";
import { withProbes } from "../../src/wasm/probe.ts";
import { readModule, WasmFile } from "../../src/wasm/wasm_file.ts";
import { plantedModule } from "./planted.ts";

const target = loadForeign({ target: plantedModule("none") });
const { bytes, code, plan, build } = target;

it("the build number of a module covers the compiled code", () => {
  expect(buildOfModule(code, plan)).toBe(build);
  expect(buildOfModule(bytes, plan)).not.toBe(build);
});

it("the build number of a module changes with its fuel", () => {
  const capped = withCappedMemory(new WasmFile(bytes), () => plan.memory.maximum);
  expect(buildOfModule(withFuel(capped, [GROWTH_LIMIT])!, plan)).toBe(build);
  const other = withProbes(new WasmFile(capped), [LOOP_FUEL, GROWTH_LIMIT]);
  expect(buildOfModule(other, plan)).not.toBe(build);
});

it("the build number of a module changes with the limit of its memory", () => {
  const fewer = withCappedMemory(readModule(code, "x"), () => plan.memory.maximum - 1);
  expect(buildOfModule(fewer, plan)).not.toBe(build);
});

it("the build number of a module changes with its binding", () => {
  const binding = { ...plan.binding, alignment: 2 * plan.binding.alignment };
  expect(buildOfModule(code, { ...plan, binding })).not.toBe(build);
});

it("the build number of a module changes with watched stores", () => {
  const watched = loadForeign({ target: `watched:${target.path}` });
  expect(watched.bytes).toEqual(bytes);
  expect(watched.build).not.toBe(build);
});
