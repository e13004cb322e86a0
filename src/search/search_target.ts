// What a guided search found, by signature, and its target as campaigns see one. No case number
// stands for its programs: a finding keeps the program itself.
import { assert } from "../base/assert.ts";
import type { GuidedOps, GuidedTarget } from "../target/guided.ts";
import type { Finding } from "../target/tally.ts";
import type { Target } from "../target/target.ts";
import { tokenOfScript } from "../targets/script_token.ts";

interface Example {
  readonly opCount: number;
  readonly caseNumber: number;
  readonly ops: GuidedOps;
}

/** The program of each finding: the shortest, of equally short ones the first, as tallies count. */
export class Examples {
  readonly #examples = new Map<string, Example>();

  get count(): number {
    return this.#examples.size;
  }

  /** Takes over the example of a finding if there is no better one. */
  offer({ signature, opCount, caseNumber }: Finding, programOf: () => GuidedOps): void {
    const known = this.#examples.get(signature.text);
    const isWorse =
      known !== undefined &&
      (opCount > known.opCount || (opCount === known.opCount && caseNumber > known.caseNumber));
    if (isWorse) return;
    this.#examples.set(signature.text, { opCount, caseNumber, ops: programOf() });
  }

  of({ signature }: Finding): GuidedOps {
    const example = this.#examples.get(signature.text);
    assert(example !== undefined, "each finding has an example");
    return example.ops;
  }
}

/** The target of a guided search; `corpus` is the folder that it goes on from. */
export function searchTarget(
  target: Target,
  { programs }: GuidedTarget,
  examples: Examples,
  corpus: string | undefined,
): Target {
  const { options, build, code, campaignToken, files, dependsOnNode } = target;
  const words = ["--guided", ...(corpus === undefined ? [] : ["--corpus", corpus])];
  return {
    ...{ options, build, code, campaignToken, files, dependsOnNode },
    get text() {
      const { text } = target;
      return { ...text, words: [...words, ...text.words], unusual: `guided, ${text.unusual}` };
    },
    prepare: () => target.prepare(),
    lost: (how, caseNumber) => target.lost(how, caseNumber),
    describeUnrun: async (finding) => {
      const ops = examples.of(finding);
      return programs.describeUnrun({ finding, ops, tokenOf: tokenOfScript });
    },
  };
}
