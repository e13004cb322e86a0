import { expect, it } from "vitest";
import { ABI_VERSION } from "../../../src/abi.ts";
import { checkAbiVersion, loadModule } from "../../../src/slub/core/load.ts";

it("a core is compiled once", () => {
  expect(loadModule("release")).toBe(loadModule("release"));
  expect(loadModule("canary")).not.toBe(loadModule("release"));
});

it("the core has no import that it could misuse", () => {
  expect(WebAssembly.Module.imports(loadModule("release"))).toEqual([]);
});

it.each([
  ["another version", new WebAssembly.Global({ value: "i32" }, ABI_VERSION + 1)],
  ["no version", undefined],
])("a core with %s is refused as stale", (_, version) => {
  expect(() => checkAbiVersion(version, "slub.wasm")).toThrow(
    "build/slub.wasm is stale wasm: run npm run build",
  );
});
