// Kills a campaign again and again, and compares its result with that of an undisturbed campaign.
//
//   npx tsx test/campaign/kill_and_resume.ts [--kills 10] [--cases 20000] [--seed 1] [--life 4000]
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Prng } from "../../src/base/prng.ts";
import { runKilled, runOnce } from "../helper/killed.ts";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "10" },
    cases: { type: "string", default: "20000" },
    seed: { type: "string", default: "1" },
    life: { type: "string", default: "4000" },
  },
});

const folder = mkdtempSync(join(tmpdir(), "slabfuzz-kill-"));
const words = ["--seed", values.seed, "--cases", values.cases, "--slub-debug", "FZP"];
words.push("--jobs", "2");
const prng = new Prng({ high: 0, low: Number(values.seed) });

try {
  await runOnce({ out: join(folder, "whole"), words });
  const whole = readFileSync(join(folder, "whole", "summary.json"), "utf8");
  const { killed, summary } = await runKilled({
    out: join(folder, "killed"),
    words,
    kills: Number(values.kills),
    lifeMs: Number(values.life),
    prng,
  });
  const { digest, findings } = JSON.parse(summary);
  const isSame = summary === whole;
  console.log(`killed ${killed} times: digest ${digest}, ${findings.length} findings`);
  console.log(isSame ? "the same as undisturbed" : "NOT the same as undisturbed");
  process.exitCode = isSame ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
