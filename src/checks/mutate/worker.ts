// A worker thread of a mutation run: tries the mutants that it is sent.
import { serve } from "../../pool/serve.ts";
import { SourceMap } from "../../wasm/source_map.ts";
import { WasmFile } from "../../wasm/wasm_file.ts";
import { MutantTester } from "./court.ts";
import { mutantsOf } from "./mutant.ts";
import type { MutateInput, MutateJobs } from "./protocol.ts";
import { allTrials } from "./reference.ts";

await serve<MutateJobs, MutateInput>(({ source, choice, expectations }) => {
  const module = { file: new WasmFile(source.bytes), map: new SourceMap(source.map, source.name) };
  const mutants = mutantsOf(module, choice);
  const court = new MutantTester(module, allTrials(), expectations);
  return {
    try: ({ mutant, reached }) => court.try(mutants[mutant], reached),
    cover: ({ mutant, reached }) => court.cover(mutants[mutant], reached),
  };
});
