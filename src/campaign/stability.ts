// Whether a finding is what it seems: its case is run twice more, in a memory that nothing ran in
// before, and has to come out the same. Anything else is a bug of slabfuzz, and is marked.
import { CaseEngine } from "./engine.ts";
import type { CampaignOptions } from "./options.ts";
import type { Finding } from "./tally.ts";

/** Compares the case that the engine ran last with two runs of their own. */
export function happensEachTime(
  options: CampaignOptions,
  engine: CaseEngine,
  { signature, caseNumber }: Finding,
): boolean {
  const fresh = new CaseEngine(options);
  fresh.run(caseNumber);
  const isSameAlone = engine.signature === signature && isSame(engine, fresh);
  fresh.reboot();
  fresh.run(caseNumber);
  return isSameAlone && isSame(engine, fresh);
}

function isSame(one: CaseEngine, other: CaseEngine): boolean {
  return (
    one.signature === other.signature &&
    one.impact === other.impact &&
    one.ran === other.ran &&
    one.digestHigh === other.digestHigh &&
    one.digestLow === other.digestLow
  );
}
