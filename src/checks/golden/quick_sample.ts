// The quick sample: programs of the stress sets that a quick gate plays, too. They are chosen so
// that they tell apart as many mutants as all of the stress programs together do, for the least
// work: a mutation run says which programs see a mutant, and what is worth most per operation comes
// first.
//
//   golden/quick.json   { "version": 1, "programs": { "chaos v6.1 up -": [3, 17] } }

import { readJson } from "../../base/json_file.ts";
import { jsonCount, jsonList, jsonObject, jsonTable, jsonVersion } from "../../base/schema.ts";

/** Numbers of programs, by the name of their set. */
export type QuickSample = Readonly<Record<string, readonly number[]>>;

const VERSION = 1;
const FILE = jsonObject({
  version: jsonVersion(VERSION),
  programs: jsonTable(jsonList(jsonCount)),
});

export function parseQuickSample(text: string, name: string): QuickSample {
  return readJson({ text, name, kind: "quick sample" }, FILE).programs;
}

/** The file's text: a line for each set. */
export function quickSampleText(programs: readonly string[]): string {
  const sets = new Map<string, number[]>();
  for (const program of [...programs].sort()) {
    const { set, number } = programNamed(program);
    sets.set(set, [...(sets.get(set) ?? []), number]);
  }
  const lines = [...sets].map(([set, numbers]) => {
    const list = numbers.sort((one, other) => one - other).join(", ");
    return `    ${JSON.stringify(set)}: [${list}]`;
  });
  return `{\n  "version": ${VERSION},\n  "programs": {\n${lines.join(",\n")}\n  }\n}\n`;
}

/** `chaos v6.1 up -#17`. */
export function nameOfProgram(set: string, number: number): string {
  return `${set}#${number}`;
}

export function programNamed(name: string): { readonly set: string; readonly number: number } {
  const at = name.lastIndexOf("#");
  return { set: name.slice(0, at), number: Number(name.slice(at + 1)) };
}

/**
 * Programs that together see every mutant that any of them sees. `seenBy`: for each mutant, the
 * programs that see it. In each round the one comes in that sees most of those left, by its cost;
 * of equals the first by name, so that the choice is the same each time.
 */
export function greedyCover(
  seenBy: readonly (readonly string[])[],
  costOf: (program: string) => number,
): readonly string[] {
  const chosen: string[] = [];
  const costs = new Map([...new Set(seenBy.flat())].sort().map((name) => [name, costOf(name)]));
  let left = seenBy.filter((programs) => programs.length > 0);
  while (left.length > 0) {
    const counts = new Map<string, number>();
    for (const name of left.flat()) counts.set(name, (counts.get(name) ?? 0) + 1);
    const worth = (name: string) => (counts.get(name) ?? 0) / (costs.get(name) ?? 1);
    const best = [...costs.keys()].reduce((one, other) =>
      worth(other) > worth(one) ? other : one,
    );
    chosen.push(best);
    left = left.filter((programs) => !programs.includes(best));
  }
  return chosen;
}
