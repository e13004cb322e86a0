// How fast foreign allocators are judged: whole cases, made, run and judged, for each operation.
// One of the contenders does next to nothing itself: what is left is the judge.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Contender, timed } from "../src/compare/bench/measure.ts";
import { ForeignEngine } from "../src/module/engine.ts";
import type { ForeignChoice } from "../src/module/load/choice.ts";
import { loadForeign } from "../src/module/load/load.ts";
import { compileScript } from "../src/wasm/toolchain.ts";
import type { Group } from "./table.ts";

export const FOREIGN_GROUP = "judged operations of foreign targets";
/** The row that the target is about. */
export const FOREIGN_ROW = "free lists, 64 B";

/** Long programs: what an instance costs is shared by all their operations. */
const OPS = 10_000;
const SMALL = [64];

/** Blocks of one size class wait on a list of their own. */
const FREE_LISTS = `
  const HEADS: usize = memory.data(128);
  let top: usize = (__heap_base + 15) & ~15;

  function classOf(size: u32): u32 { return size <= 16 ? 4 : 32 - clz(size - 1); }

  export function malloc(size: u32): usize {
    if (size > 0x1000000) return 0;
    const order = classOf(size);
    const head = HEADS + (<usize>order << 2);
    const block = load<usize>(head);
    if (block != 0) {
      store<usize>(head, load<usize>(block));
      return block;
    }
    const fresh = top + 16;
    const end = fresh + (<usize>1 << order);
    const have = <usize>memory.size() << 16;
    if (end > have && memory.grow(<i32>((end - have + 0xffff) >> 16)) < 0) return 0;
    top = end;
    store<u32>(fresh - 16, order);
    return fresh;
  }

  export function free(block: usize): void {
    if (block == 0) return;
    const head = HEADS + (<usize>load<u32>(block - 16) << 2);
    store<usize>(block, load<usize>(head));
    store<usize>(head, block);
  }
`;

export function foreignGroups(): Group[] {
  return [
    {
      name: FOREIGN_GROUP,
      baseline: FOREIGN_ROW,
      contenders: () => {
        const lists = freeLists();
        const tlsf = { target: "tlsf" };
        return [
          judged(FOREIGN_ROW, lists, SMALL),
          judged("free lists, everyday sizes", lists),
          judged("TLSF, 64 B", tlsf, SMALL),
          judged("TLSF, everyday sizes", tlsf),
        ];
      },
    },
  ];
}

const FLAGS = ["-O3", "--runtime", "stub", "--noAssert"];

/** Free lists by size class, which do next to nothing themselves. */
export function freeLists(): ForeignChoice {
  const folder = mkdtempSync(join(tmpdir(), "slabfuzz-bench-"));
  try {
    const target = join(folder, "free_lists.wasm");
    writeFileSync(target, compileScript("free lists", FREE_LISTS, FLAGS));
    loadForeign({ target }); // from here on it is known by its name
    return { target };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function judged(name: string, choice: ForeignChoice, sizes?: readonly number[]): Contender {
  const { module, plan } = loadForeign(choice);
  const shape = { bugs: ["none" as const], twins: false, sizes, opCountMax: OPS };
  const engine = new ForeignEngine({ module, plan }, { ...shape, seed: { high: 0, low: 1 } });
  let number = 0;
  return {
    name,
    round: () => {
      const nanoseconds = timed(1, () => engine.run(number++));
      if (engine.verdict !== "ok") throw new Error(`${name}: ${engine.signature.text}`);
      return nanoseconds / engine.ran;
    },
  };
}
