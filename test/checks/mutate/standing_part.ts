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
  /** Those that nothing killed, and nobody listed. */
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
    "After death. The machine is dead, and what is done or returned then mostly does not show.",
    /if \(.*\bdead\b|return dead|= dead \?/,
  ],
  [
    "A link or a pointer that leads nowhere. No golden program has it in just that place.",
    /page_fault|\b(page|at|p|head|slab|old|first|from|to|map|word) [!=]= 0|page == 0/,
  ],
  [
    "The name of the function in an oops. The machine has to die just there.",
    /enter\(Fn\.|_in\(Fn\./,
  ],
  ["A walk that is given up after 40 000 steps: no golden program has such a list.", /WALK_MAX/],
  ["3.10's set_bit() far outside of its map.", /^(set_bit|as_recorded|__fill_map) /],
  ["A switch of one kernel, which several conditions have to meet to show.", /^use_profile /],
  [
    "A bound that nobody comes near: orders, sizes, the end of a table.",
    /_MAX|NO_ORDER|phys_pages|CACHES_BYTES|ram_size|mem_map|POOL_UNITS|SLUB_MAX/,
  ],
  ["Anything else.", /./],
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
    "What survived, by the reason why:",
    "",
    ...survivorLines(standing.survivors),
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

function survivorLines(survivors: readonly Survivor[]): readonly string[] {
  const groups = REASONS.map(() => [] as Survivor[]);
  for (const survivor of survivors) {
    groups[REASONS.findIndex(([, pattern]) => pattern.test(survivor.id))].push(survivor);
  }
  return REASONS.flatMap(([reason], i) => {
    const group = groups[i];
    if (group.length === 0) return [];
    const missed = group.filter(({ isReached }) => !isReached).length;
    const reached = missed === 0 ? "" : `, ${missed} of them where no program comes by`;
    return [
      `**${reason}** ${group.length}${reached}:`,
      "",
      "```text",
      ...idLines(group),
      "```",
      "",
    ];
  });
}

/** Function by function, with operators and lines of source. */
function idLines(group: readonly Survivor[]): readonly string[] {
  const WIDTH = 118;
  return group.map(({ id }) => (id.length > WIDTH ? `${id.slice(0, WIDTH - 3)}...` : id)).sort();
}
