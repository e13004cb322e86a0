// A worker thread of a guided search.
import { serve } from "../pool/serve.ts";
import type { ProbedCode } from "../target/guided.ts";
import { guidedWorkerFor, probedEngineFor } from "../targets/targets.ts";
import { type GuidedInput, type GuidedJobs, GuidedPlayer, type ProbedRun } from "./guided_jobs.ts";

await serve<GuidedJobs, GuidedInput>(async ({ code, seed, compares, coverage }) => {
  const player = new GuidedPlayer(
    {
      ...(await guidedWorkerFor(code)),
      compares: await probedRun(compares),
      coverage: coverage && (await probedRun(coverage)),
    },
    seed,
  );
  return {
    play: (cases, heartbeat) => player.play(cases, heartbeat),
    make: (cases) => player.make(cases),
    describe: (job) => player.describe(job),
  };
});

async function probedRun({ code, size }: ProbedCode): Promise<ProbedRun> {
  return { engine: await probedEngineFor(code), size };
}
