// Where the core stands, as docs/mutation.md says it: written from what a whole run found.
import {
  killerTable,
  type MutationRow,
  scoreLine,
} from "../../../src/checks/mutate/mutation_text.ts";

/** What a run found. */
export interface Standing {
  /** The day of the run. */
  readonly day: string;
  /** Milliseconds of all runs together. */
  readonly ms: number;
  /** Mutants by what killed them. */
  readonly killed: Readonly<Record<string, number>>;
  readonly equivalent: number;
  /** The survivors that are not listed. */
  readonly survivors: readonly Survivor[];
}

export interface Survivor {
  readonly id: string;
  readonly isReached: boolean;
}

export const BEGIN = "<!-- standing: npx tsx test/checks/mutate/standing.ts FOLDER -->";
export const END = "<!-- end of standing -->";

/** Why mutants survive, in the order in which they are asked; the last one takes the rest. */
const REASONS: readonly (readonly [string, RegExp])[] = [
  [
    "the machine is dead, and most of what it does or returns after that does not show",
    /if \(.*\bdead\b|return dead|= dead \?/,
  ],
  [
    "a link or a pointer that leads nowhere: no golden program has it in that place",
    /page_fault|\b(page|at|p|head|slab|old|first|from|to|map|word) [!=]= 0|page == 0/,
  ],
  ["the name of the function in an oops: the machine has to die there", /enter\(Fn\.|_in\(Fn\./],
  ["a walk that ends after 40 000 steps: no golden program has such a list", /WALK_MAX/],
  ["3.10's `set_bit()` far outside of its map", /^(set_bit|as_recorded|__fill_map) /],
  ["a switch of one kernel that shows only where several conditions meet", /^use_profile /],
  [
    "a bound that no program comes near: orders, sizes, the end of a table",
    /_MAX|NO_ORDER|phys_pages|CACHES_BYTES|ram_size|mem_map|POOL_UNITS|SLUB_MAX/,
  ],
  ["anything else", /./],
];

export function standingPart(standing: Standing): string {
  const rows = rowsOf(standing);
  const minutes = Math.ceil(standing.ms / 2 / 60_000);
  return [
    BEGIN,
    "",
    `A run of all mutants (${standing.day}; its runs take ${minutes} minutes on two workers):`,
    "",
    "```text",
    `${scoreLine(rows)}`,
    "",
    ...killerTable(rows),
    "```",
    "",
    "The survivors, by reason (`test/checks/mutate/standing.json` lists each with its line):",
    "",
    ...survivorLines(standing.survivors),
    "",
    END,
  ].join("\n");
}

/** Rows that say no more than what is counted. */
function rowsOf({ killed, equivalent, survivors }: Standing): readonly MutationRow[] {
  const row = (state: MutationRow["state"], more: Partial<MutationRow>): MutationRow => ({
    ...{ place: "", source: "", function: "", operator: "", text: "", programs: 0, ms: 0 },
    ...{ killer: undefined, check: undefined, stumble: undefined, equivalent: undefined },
    ...more,
    state,
  });
  return [
    ...Object.entries(killed).flatMap(([killer, count]) =>
      Array.from({ length: count }, () => row("killed", { killer })),
    ),
    ...Array.from({ length: equivalent }, () => row("survived", { equivalent: "listed" })),
    ...survivors.map(({ isReached }) => row(isReached ? "survived" : "not-reached", {})),
  ];
}

/** A row for each reason; test/checks/mutate/standing.json has each survivor. */
function survivorLines(survivors: readonly Survivor[]): readonly string[] {
  const groups = REASONS.map(() => [] as Survivor[]);
  for (const survivor of survivors) {
    groups[REASONS.findIndex(([, pattern]) => pattern.test(survivor.id))].push(survivor);
  }
  const rows = REASONS.flatMap(([reason], i) => {
    const missed = groups[i].filter(({ isReached }) => !isReached).length;
    return groups[i].length === 0 ? [] : [`| ${reason} | ${groups[i].length} | ${missed} |`];
  });
  return ["| reason | survivors | not reached by any program |", "|---|---|---|", ...rows];
}
