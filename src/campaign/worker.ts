// A worker thread of a campaign.
import { serve } from "../pool/serve.ts";
import { runBatch } from "./batch.ts";
import type { CampaignJobs, WorkerInput } from "./protocol.ts";
import { workshopFor } from "./workshop.ts";

serve<CampaignJobs, WorkerInput>(({ options, code }) => {
  const workshop = workshopFor(options, code);
  return {
    batch: (batch, heartbeat) => runBatch(workshop.engine, batch, heartbeat),
    describe: ({ finding, shrinks }) => workshop.describe(finding, shrinks),
    foreign: (question, heartbeat) => workshop.answer(question, (index) => heartbeat.beat(index)),
  };
});
