// The core with one mistake each, as a user's own core may have it.
import { readFileSync } from "node:fs";
import binaryen from "binaryen";
import { pathOfCore } from "../../src/targets/core_files.ts";

/** What binaryen has, and its types leave out. */
const withBodies = binaryen as unknown as {
  readonly Function: { setBody(of: number, body: number): void };
};

export type Spoiling = "traps" | "hangs" | "eats memory" | "calls out" | "lacks an export";

type Spoil = (module: binaryen.Module) => void;

const SPOIL: Readonly<Record<Spoiling, Spoil>> = {
  traps: (module) => beforeReset(module, module.unreachable()),
  hangs: (module) => beforeReset(module, module.loop("again", module.br("again"))),
  "eats memory": (module) => {
    beforeReset(module, module.drop(module.memory.grow(module.i32.const(512))));
  },
  "calls out": (module) => {
    const { none } = binaryen;
    module.addFunctionImport("out", "env", "out", none, none);
    beforeReset(module, module.call("out", [], none));
  },
  "lacks an export": (module) => module.removeExport("extra_bytes"),
};

/** The bytes of a core with something wrong. */
export function brokenCore(spoiling: Spoiling): Uint8Array {
  const module = binaryen.readBinaryWithFeatures(
    readFileSync(pathOfCore("release")),
    binaryen.Features.All,
  );
  SPOIL[spoiling](module);
  const bytes = module.emitBinary();
  module.dispose();
  return bytes;
}

/** A reset of the machine calls this function first. */
function beforeReset(module: binaryen.Module, work: number): void {
  const { value } = binaryen.getExportInfo(module.getExport("reset"));
  const reset = module.getFunction(value);
  const { body } = binaryen.getFunctionInfo(reset);
  withBodies.Function.setBody(reset, module.block(null, [work, body]));
}
