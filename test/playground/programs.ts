// Generated programs as scripts, on every kernel in turn.
import { CaseEngine } from "../../src/slub/engine.ts";
import { DEFAULT_SHAPE } from "../../src/slub/gen/options.ts";
import { decode } from "../../src/slub/program/decode.ts";
import { printScript } from "../../src/slub/program/text.ts";
import { PROFILES } from "../../src/slub/program/variant.ts";

interface Wanted {
  /** Programs of each kernel. */
  readonly each: number;
  /** Operations that each has at least. */
  readonly least?: number;
}

export function generatedScripts({ each, least = 0 }: Wanted): readonly string[] {
  return PROFILES.flatMap((profile) => {
    const machine = { profile, slubDebug: "FZ" };
    const shape = { ...DEFAULT_SHAPE, opCountMax: Math.max(least, DEFAULT_SHAPE.opCountMax) };
    const engine = new CaseEngine({ ...shape, target: "slub", machine, seed: 19n });
    const scripts: string[] = [];
    for (let i = 0; scripts.length < each; i++) {
      const { ops, ...rest } = decode(engine.generate(i), engine.machine, []);
      const cut = least === 0 ? ops : ops.slice(0, least);
      if (ops.length >= least) scripts.push(printScript({ ...rest, ops: cut }));
    }
    return scripts;
  });
}
