// Programs run both ways: with checks skipped whose answer is known, and thoroughly.
import type { Unguarded } from "../../src/abi.ts";
import { Digest } from "../../src/base/hash.ts";
import type { Player } from "../../src/checks/golden/player.ts";
import { SlabHeap } from "../../src/slub/core/heap.ts";
import { CaseEngine } from "../../src/slub/engine.ts";
import { DEFAULT_SHAPE } from "../../src/slub/gen/options.ts";
import { heapFor, type NamedCore, parseCore } from "../../src/slub/named_core.ts";
import type { VariantName } from "../../src/slub/program/machine.ts";
import type { ProfileName } from "../../src/slub/program/op.ts";
import { digestState } from "../../src/slub/run/digest.ts";
import { INJECTED_BUGS } from "../../src/target/bug_names.ts";

/** Where programs run: a kernel, a variant of its machine, and a slub_debug. */
export interface Place {
  readonly profile: ProfileName;
  readonly boot?: VariantName;
  readonly letters: string;
}

const KERNELS: readonly Omit<Place, "letters">[] = [
  { profile: "v6.1", boot: "up" },
  { profile: "v6.1", boot: "smp" },
  { profile: "v6.1", boot: "smph" },
  { profile: "v6.12", boot: "up" },
  { profile: "v6.12", boot: "smp" },
  { profile: "v3.10" },
  { profile: "v7.3", boot: "up" },
  { profile: "v7.3", boot: "smp" },
];

const LETTERS = ["-", "F", "Z", "P", "U", "FZ", "FP", "FZP", "FZPU", "FZPU,c0", "ZPU", "FT"];

/** Every kernel and variant under every set of letters. */
export const PLACES: readonly Place[] = KERNELS.flatMap((kernel) =>
  LETTERS.map((letters) => ({ ...kernel, letters })),
);

/** Cases of a place, from `first` on, that do not end the same way both times. */
export function differencesAt(
  { profile, boot, letters }: Place,
  cases: number,
  target: NamedCore = parseCore("slub"),
  first = 0,
): string[] {
  const options = {
    ...DEFAULT_SHAPE,
    target: target.name,
    machine: { profile, ...(boot && { boot }), slubDebug: letters },
    bugs: INJECTED_BUGS,
    seed: 11n,
    opCountMax: 120,
  };
  const invariants = { "skipped-check": 0 };
  const skipping = new CaseEngine({ ...options, invariants }, { target, heap: heapFor(target) });
  const heap = heapFor(target);
  heap.isThorough = true;
  const thorough = new CaseEngine({ ...options, invariants }, { target, heap });
  const different: string[] = [];
  for (let number = first; number < first + cases; number++) {
    skipping.run(number);
    thorough.run(number);
    if (answerOf(skipping) === answerOf(thorough)) continue;
    const place = `${profile} ${boot ?? ""} ${letters}`;
    different.push(`${place}, case ${number}, ${thorough.bug}`);
  }
  return different;
}

/** What a case answered, how it was judged, and the state that it left behind. */
function answerOf({ digestHigh, digestLow, signature, heap }: CaseEngine): string {
  const { high, low } = digestState(new Digest(), heap);
  return `${digestHigh} ${digestLow} ${JSON.stringify(signature)} ${high} ${low}`;
}

/** Programs of players, the first of each, that do not end the same way both times. */
export function playedBothWays(players: readonly Player[], most: number): string[] {
  const [skipping, thorough] = [new SlabHeap(), new SlabHeap()];
  thorough.isThorough = true;
  return players.flatMap((player) => {
    const numbers = Array.from({ length: Math.min(most, player.count) }, (_, i) => i);
    const answers = [skipping, thorough].map((heap) => {
      player.boot(heap);
      return numbers.map((number) => player.answer(number));
    });
    const different = numbers.filter((number) => answers[0][number] !== answers[1][number]);
    return different.map((number) => `${player.name} ${number}`);
  });
}

/** The canary build with a hole in what skips checks; without one, the shipped core. */
export function unguarded(planted: Unguarded | undefined): NamedCore {
  if (planted === undefined) return parseCore("slub");
  return { name: "canary:unguarded", core: "canary", planted };
}
