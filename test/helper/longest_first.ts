// The order of test files: those that take longest start first, so that none of them is left for
// one worker at the end. Where a run has left its times behind, vitest knows them; a fresh clone
// has sizes alone, by which short files with much work would come last.
import type { TestSpecification } from "vitest/node";
import { BaseSequencer } from "vitest/node";

/** The longest first. */
const LONGEST: readonly string[] = [
  "package.test.ts",
  "checks/gate/gate.test.ts",
  "cli/ci.test.ts",
  "canary.test.ts",
  "campaign/merge.test.ts",
  "module/planted.test.ts",
  "campaign/resume.test.ts",
  "pool/pool.test.ts",
  "checks/golden/again.test.ts",
  "slub/shrink/shrink.test.ts",
  "checks/gate/known_answers.test.ts",
  "slub/oracle/edges.test.ts",
  "slub/core/asserts.test.ts",
];

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rest = await super.sort(files);
    const rank = ({ moduleId }: TestSpecification) => {
      const at = LONGEST.findIndex((name) => moduleId.endsWith(`/test/${name}`));
      return at < 0 ? LONGEST.length : at;
    };
    return rest.sort((one, other) => rank(one) - rank(other));
  }
}
