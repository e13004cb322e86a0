// Verdicts by the text of recordings, and by the core: what a live run compares, without a kernel.

import type { SlabHeap } from "../../src/slub/core/heap.ts";
import { machineFor } from "../../src/slub/program/boot.ts";
import { parseScript } from "../../src/slub/program/text.ts";
import { goldenLines, loadArchive } from "../../test/recordings/archive.ts";
import { EventReports } from "./text_reports.ts";
import { type Sentence, sentenceFromText, sentenceOf } from "./verdicts.ts";

export interface RecordedVerdicts {
  readonly name: string;
  readonly text: Sentence;
  readonly core: Sentence;
}

/** Of the recordings of these numbers, those whose verdict a live run would compare. */
export function recordedVerdicts(
  kernel: "v6.1" | "v6.12" | "v7.3",
  heap: SlabHeap,
  isChosen: (number: number) => boolean,
): readonly RecordedVerdicts[] {
  const chosen = loadArchive(kernel).recordings.filter(
    ({ script, golden }, number) =>
      isChosen(number) &&
      !/^ *(kmalloc|krealloc) /m.test(script) &&
      !golden.includes("MERGED into"),
  );
  return chosen.map((recording) => {
    const { name } = recording;
    const program = parseScript(recording.script, name);
    const machine = machineFor(program, { profile: kernel });
    const { sentence } = sentenceFromText(program, heap, machine, goldenLines(recording));
    return {
      name,
      text: sentence,
      core: sentenceOf(program, heap, machine, new EventReports(machine)),
    };
  });
}
