// Whether a finding is what it seems: its case is run twice more, in a memory that nothing ran in
// before, and has to come out the same. Anything else is a bug of slabfuzz, and is marked.
import type { Finding } from "../target/tally.ts";
import type { CaseEngine } from "./engine.ts";

const RUNS = 2;

/** Compares the case that an engine ran last with runs on another, which boots for each. */
export function happensEachTime(
  engine: CaseEngine,
  other: CaseEngine,
  { signature, caseNumber }: Finding,
): boolean {
  for (let run = 0; run < RUNS; run++) {
    other.reboot();
    other.run(caseNumber);
    if (!isSame(engine, other)) return false;
  }
  return engine.signature === signature;
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
