// A kernel log without what differs from boot to boot.
import { describe, expect, it } from "vitest";
import { textOfResult } from "../../../src/slub/run/result_text.ts";
import { type NumberedSlab, SymbolTable } from "../../../src/slub/run/symbols.ts";
import { normaliseLines } from "../../../src/slub/words/log.ts";

const GLOB = { name: "glob", base: 0xffffffff8197f000n, size: 4096n };
const SLAB: NumberedSlab = {
  cache: "c",
  number: 0,
  base: 0xffff888002020000n,
  page: 0xffffea0000080800n,
  order: 1,
};

function symbols(): SymbolTable {
  const table = new SymbolTable(() => [GLOB]);
  table.add(SLAB);
  return table;
}

const normalise = (lines: string[], old = false) =>
  normaliseLines(lines, { symbols: symbols(), old });

describe("a normalised line", () => {
  it("has names for the addresses of slabs, their struct pages and named memory", () => {
    expect(
      normalise([
        "Slab 0xffffea0000080800 objects=25 fp=0xffff888002021048",
        "list_del corruption, ffffffff8197f040->next is LIST_POISON1 (dead000000000100)",
        "object pointer: 0xffff8880001f0000",
      ]),
    ).toEqual([
      "Slab {slab:c/s0} objects=25 fp={c/s0+0x1048}",
      "list_del corruption, {glob+0x40}->next is LIST_POISON1 (dead000000000100)",
      "object pointer: 0xffff8880001f0000",
    ]);
  });

  it("loses times and processes", () => {
    expect(normalise(["Freed in run_op+0x1/0x2 age=12 cpu=0 pid=1"])).toEqual([
      "Freed in run_op age=* cpu=0 pid=*",
    ]);
  });

  it("is dropped where it is about the machine", () => {
    const dropped = [
      "",
      "CPU: 0 PID: 1 Comm: init Not tainted 6.1",
      "---[ end trace 0000000000000000 ]---",
      "Disabling lock debugging due to kernel taint",
      " kmem_cache_free+0x1ba/0x220",
      "CR2: ffffebde00000008",
    ];
    expect(normalise([...dropped, "FIX c: x"])).toEqual(["FIX c: x"]);
  });
});

describe("a row of a hex dump", () => {
  const row = (address: string, bytes: string) => `Object   ${address}: ${bytes}  ................`;

  it("loses its characters, and aligned words with a name get that name", () => {
    const bytes = "48 10 02 02 80 88 ff ff 6b 6b 6b 6b 6b 6b 6b a5";
    expect(normalise([row("ffff888002020040", bytes)])).toEqual([
      "Object   {c/s0+0x40}: <c/s0+0x1048> 6b 6b 6b 6b 6b 6b 6b a5",
    ]);
  });

  it("keeps words that lie unaligned as they are", () => {
    const bytes = "48 10 02 02 80 88 ff ff 6b 6b 6b 6b 6b 6b 6b a5";
    expect(normalise([row("ffff888002020041", bytes)])).toEqual([`Object   {c/s0+0x41}: ${bytes}`]);
  });

  it("has <text> for the kernel's own code, in 3.10's recordings only", () => {
    const bytes = "67 45 23 81 ff ff ff ff";
    const line = row("ffff888002020040", bytes);
    expect(normalise([line], true)).toEqual(["Object   {c/s0+0x40}: <text>"]);
    expect(normalise([line])).toEqual([`Object   {c/s0+0x40}: ${bytes}`]);
  });
});

describe("a name in normalised text", () => {
  it("ends with the slab, unless another slab took its place", () => {
    const table = symbols();
    const next: NumberedSlab = { ...SLAB, number: 1, order: 0 };
    table.add(next);
    table.remove(SLAB);
    expect(table.nameOf(SLAB.base + 8n)).toBe("c/s1+0x8");
    expect(table.nameOf(SLAB.base + 4096n)).toBeUndefined();
    expect(table.nameOf(SLAB.page)).toBe("slab:c/s1");
  });

  it("stands in braces in a result", () => {
    const result = ["FOREIGN ", 0xffff888002020008n, " and ", 0xffff888003000000n];
    expect(textOfResult(result, symbols().spelled)).toBe("FOREIGN {c/s0+0x8} and ffff888003000000");
  });
});
