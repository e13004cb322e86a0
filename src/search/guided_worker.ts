// A worker thread of a guided search.
import { serve } from "../pool/serve.ts";
import { coverageEngineFor, guidedWorkerFor } from "../targets/targets.ts";
import { type GuidedInput, type GuidedJobs, GuidedPlayer } from "./guided_jobs.ts";

await serve<GuidedJobs, GuidedInput>(async ({ code, seed, coverage }) => {
  const lines = coverage && (await coverageEngineFor(coverage));
  const player = new GuidedPlayer(await guidedWorkerFor(code), seed, lines);
  return {
    play: (cases, heartbeat) => player.play(cases, heartbeat),
    describe: (job) => player.describe(job),
  };
});
