// A worker thread of the gate for a module with an allocator of its own. What only a core can be
// asked for, the sections that ask for it leave out.
import { assert } from "../../base/assert.ts";
import type { ModuleCode } from "../../module/module_target.ts";
import { serve } from "../../pool/serve.ts";
import { ModuleBench, ofModule } from "./module_bench.ts";
import type { GateJobs } from "./workers.ts";

type ModuleGateJobs = Pick<GateJobs, "check" | "reproducer" | "cost">;

await serve<ModuleGateJobs, ModuleCode>((code) => {
  const bench = new ModuleBench(code);
  return {
    check({ check }, heartbeat) {
      return bench.check(ofModule(check), { onCase: (number) => heartbeat.beat(number) });
    },
    reproducer: ({ check, finding }) => bench.reproducer(ofModule(check), finding),
    cost({ metered }) {
      assert(metered !== undefined, "a module comes with counters where it is to be counted");
      return bench.cost(metered);
    },
  };
});
