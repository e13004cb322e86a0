// A worker thread of a mutation run: tries the mutants that it is sent.
import { serve } from "../../pool/serve.ts";
import { SourceMap } from "../../wasm/source_map.ts";
import { WasmFile } from "../../wasm/wasm_file.ts";
import { mutantsOf } from "./mutant.ts";
import { MutantTester } from "./mutant_tester.ts";
import type { MutateInput, MutateJobs } from "./protocol.ts";
import { allTestSets } from "./reference.ts";

await serve<MutateJobs, MutateInput>(({ source, choice, expectations }) => {
  const module = { file: new WasmFile(source.bytes), map: new SourceMap(source.map, source.name) };
  const mutants = mutantsOf(module, choice);
  const tester = new MutantTester(module, allTestSets(), expectations);
  return {
    try: ({ mutant, reached }) => tester.try(mutants[mutant], reached),
    cover: ({ mutant, reached }) => tester.cover(mutants[mutant], reached),
  };
});
