// A worker thread of a mutation run on a module with an allocator of its own: no other thread runs
// code of the module, or of a mutant.
import { serve } from "../../pool/serve.ts";
import { ModuleMutantTester } from "./module_tester.ts";
import type { ModuleMutateInput, MutateJobs } from "./protocol.ts";

type ModuleJobs = Pick<MutateJobs, "try" | "walk">;

await serve<ModuleJobs, ModuleMutateInput>((input) => {
  const tester = new ModuleMutantTester(input);
  return {
    try: ({ mutant, reached }, heartbeat) => tester.try(mutant, reached, () => heartbeat.beat(0)),
    walk: ({ mutants }, heartbeat) => tester.walk(mutants, () => heartbeat.beat(0)),
  };
});
