// A worker thread of an exhaustive search.
import "../targets/core_files.ts";
import { serve } from "../pool/serve.ts";
import { type ExhaustJobs, PartExplorer, searchMistakes } from "./exhaust_jobs.ts";

await serve<ExhaustJobs, { readonly target: string }>(({ target }) => {
  const explorer = new PartExplorer(target);
  return {
    explore: (job, heartbeat) => explorer.explore(job, heartbeat),
    mistakes: searchMistakes,
  };
});
