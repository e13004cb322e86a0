// The allocator alone: alloc and free of one size, with more and more objects alive, side by side
// with other allocators that are driven by the same records.
import type { Contender } from "../src/compare/bench/measure.ts";
import { SlubContender } from "../src/compare/bench/slub_contender.ts";
import { type Guest, guestContender } from "./heaps/guest.ts";
import { plainContender } from "./heaps/plain.ts";
import type { Group } from "./table.ts";

const SIZES = [320, 64];
const LIVE = [128, 512, 1024, 8192, 65536, 1048576];
/** Beyond this the plain one says nothing new. */
const PLAIN_LIVE_MAX = 8192;
/** What an object takes with all options on lets a million of them fit no memory of ours. */
const FZPU_LIVE_MAX = 65536;

export function allocatorGroups(guests: readonly Guest[]): Group[] {
  return SIZES.flatMap((size) =>
    LIVE.map((live) => ({
      name: `alloc/free ${size} B, ${live} live`,
      baseline: "SLUB -",
      contenders: () => contendersFor(guests, size, live),
    })),
  );
}

function contendersFor(guests: readonly Guest[], objectSize: number, live: number): Contender[] {
  const flags = live <= FZPU_LIVE_MAX ? ["-", "FZP", "FZPU"] : ["-", "FZP"];
  const mix = { sizes: [objectSize], weights: [1] };
  const traffic = { workload: "uniform", live, mix } as const;
  const contenders: Contender[] = flags.flatMap((options) =>
    (live <= PLAIN_LIVE_MAX ? [false, true] : [false]).map((isThorough) => {
      const name = `SLUB ${options}${isThorough ? ", thorough" : ""}`;
      return new SlubContender({ ...traffic, name, options, isThorough });
    }),
  );
  for (const guest of guests) contenders.push(guestContender(guest, objectSize, live));
  if (live <= PLAIN_LIVE_MAX) contenders.push(plainContender(objectSize, live));
  return contenders;
}
