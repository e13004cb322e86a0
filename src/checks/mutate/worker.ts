// A worker thread of a mutation run on a core: tries the mutants that it is sent.
import { serve } from "../../pool/serve.ts";
import { WasmFile } from "../../wasm/wasm_file.ts";
import { MutantTester } from "./mutant_tester.ts";
import type { MutateInput, MutateJobs } from "./protocol.ts";
import { allTestSets } from "./reference.ts";

type CoreJobs = Pick<MutateJobs, "try" | "cover">;

await serve<CoreJobs, MutateInput>(({ bytes, expectations }) => {
  const module = { file: new WasmFile(bytes) };
  const tester = new MutantTester(module, allTestSets(), expectations);
  return {
    try: ({ mutant, reached }) => tester.try(mutant, reached),
    cover: ({ mutant, reached }) => tester.cover(mutant, reached),
  };
});
