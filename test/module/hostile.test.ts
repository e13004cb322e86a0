// Names that a hostile module gives its imports and exports are names, and nothing else.
import binaryen from "binaryen";
import { describe, expect, it } from "vitest";
import { ForeignEngine } from "../../src/module/engine.ts";
import { loadForeign } from "../../src/module/load/load.ts";
import { fileBeside } from "./planted.ts";

const HOSTILE = ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf"];

/** A bump allocator that imports a function and a global of a name, and exports another. */
function moduleNamed(name: string): string {
  const module = binaryen.parseText(`(module
    (import "${name}" "${name}" (func $f (param i32) (result i32)))
    (import "env" "${name}" (global $g i32))
    (memory (export "memory") 2 64) (global $top (mut i32) (i32.const 1024))
    (func (export "${name}") (result i32) (call $f (global.get $g)))
    (func (export "free") (param i32))
    (func (export "malloc") (param i32) (result i32) (local $p i32)
      (if (i32.gt_u (local.get 0) (i32.sub (i32.const 131072) (global.get $top)))
        (then (return (i32.const 0))))
      (local.set $p (global.get $top))
      (global.set $top (i32.and (i32.add (i32.add (global.get $top) (local.get 0)) (i32.const 15))
        (i32.const -16)))
      (local.get $p)))`);
  module.setFeatures(binaryen.Features.All);
  return fileBeside(`hostile-${name}.wasm`, module.emitBinary());
}

describe("a module whose imports and exports have hostile names", () => {
  it.each(HOSTILE)("is loaded and judged as any other: %s", (name) => {
    const { module, plan } = loadForeign({ target: moduleNamed(name) });
    const shape = { bugs: ["none" as const], twins: false, sizes: undefined, opCountMax: 50 };
    const engine = new ForeignEngine({ module, plan }, { ...shape, seed: { high: 0, low: 1 } });
    const verdicts = Array.from({ length: 10 }, (_, number) => {
      engine.run(number);
      expect(engine.error).toBeUndefined();
      return engine.verdict;
    });
    expect(new Set(verdicts)).toEqual(new Set(["ok"]));
  });
});
