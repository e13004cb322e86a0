// What programs are tried on: each kernel image with each set of parameters.
import { resolveMachine } from "../../src/slub/program/boot.ts";
import type { Machine } from "../../src/slub/program/machine.ts";
import type { Build } from "./images.ts";
import type { Boot } from "./vm.ts";

/** Programs name their caches a..., b..., c...: a list of names reaches only some of them. */
export const PARAMETER_SETS: readonly string[] = [
  "",
  "slub_debug=FZPU",
  "slub_debug=FZ",
  "slub_debug=P",
  "slub_debug=ZU,a*",
  "slab_nomerge slub_debug=F",
];

/** Sets that only `--parameters` asks for, so that the numbers of the other programs stay. */
const SETS_ON_REQUEST: readonly string[] = [
  "init_on_alloc=1",
  "init_on_alloc=1 slub_debug=FZU",
  "init_on_alloc=1 slub_debug=P,a*",
];

export function setupsOnRequest(builds: readonly Build[]): readonly Boot[] {
  return SETS_ON_REQUEST.flatMap((parameters) => builds.map((build) => ({ ...build, parameters })));
}

/**
 * Every build with every set of parameters. The builds come in turn, each time with other
 * parameters, so that a short run meets both kernels, all variants and most sets.
 */
export function setupsOf(builds: readonly Build[]): readonly Boot[] {
  const count = PARAMETER_SETS.length;
  const rounds = Array.from({ length: count }, (_, round) => round);
  return rounds.flatMap((round) =>
    builds.map((build, i) => ({ ...build, parameters: PARAMETER_SETS[(round + i) % count] })),
  );
}

/** The options whose verdicts are compared. */
export const VERDICT_LETTERS = ["-", "F", "Z", "P", "FZ", "FP", "FZP", "FZPU"] as const;

/** Where caches would merge into the kernel's own, they may not merge. */
const MERGING: ReadonlySet<string> = new Set(["-", "F"]);

/** Each kernel with each of the options. */
export function verdictSetups(builds: readonly Build[]): readonly Boot[] {
  return VERDICT_LETTERS.flatMap((letters) => {
    const parameters = `${MERGING.has(letters) ? "slab_nomerge " : ""}slub_debug=${letters}`;
    return builds.map((build) => ({ ...build, parameters }));
  });
}

/** The same machine for the core. */
export function machineOf(boot: Boot): Machine {
  return resolveMachine({ profile: boot.kernel, boot: bootText(boot) });
}

/** As behind `# boot:`. */
export function bootText({ variant, parameters }: Boot): string {
  return `${variant} ${parameters}`.trim();
}

export function setupName(boot: Boot): string {
  return `${boot.kernel} ${bootText(boot)}`;
}
