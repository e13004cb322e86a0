// Explained layouts: every byte of a slab has one cause on every kernel and under all options.
import { describe, expect, it } from "vitest";
import {
  BYTE_CAUSES,
  bytesPerObject,
  layoutsOf,
  withOptions,
} from "../../src/compare/layout/layout.ts";
import { layoutPage } from "../../src/compare/layout/layout_page.ts";
import { layoutLines } from "../../src/compare/layout/layout_text.ts";
import { measureCache } from "../../src/slub/core/geometry.ts";
import { SlabHeap } from "../../src/slub/core/heap.ts";
import { resolveMachine } from "../../src/slub/program/boot.ts";
import { canonicalFlags } from "../../src/slub/program/letters.ts";
import { PROFILES } from "../../src/slub/program/variant.ts";

const heap = new SlabHeap();
const machines = PROFILES.map((profile) => ({ ...resolveMachine({}, { profile }), nomerge: true }));

const formOf = (size: number, flags: string, ctor = false) => ({
  size,
  align: 0,
  flags: canonicalFlags(flags)!,
  ctor,
});

describe.each([8, 20, 64, 312, 4096])("an object of %i bytes", (size) => {
  const layouts = ["-", "F", "H", "FZPU", "ZR"].map((flags) =>
    layoutsOf(heap, machines, formOf(size, flags)),
  );
  const slots = layouts.flatMap(({ columns }) =>
    columns.flatMap(({ slot, costs }) => [slot, ...costs.map((cost) => cost.slot)]),
  );

  it("has a cause for every byte of its slab", () => {
    expect(slots).toHaveLength(5 * PROFILES.length * (1 + 9));
    for (const slot of slots) {
      const sum = BYTE_CAUSES.reduce((bytes, cause) => bytes + slot!.slabCauses[cause], 0);
      expect(sum).toBe(4096 << slot!.order);
      expect(slot!.slabCauses.object).toBe(size * slot!.objects);
      expect(slot!.slabCauses["left over"]).toBeGreaterThanOrEqual(0);
    }
  });

  it("has parts that follow each other without a gap, as long as the slot", () => {
    for (const slot of slots) {
      const { parts } = slot!;
      for (const [i, part] of parts.entries()) {
        if (i > 0) expect(part.from).toBe(parts[i - 1].to);
      }
      expect(parts[parts.length - 1].to - parts[0].from).toBe(slot!.size);
      expect(bytesPerObject(slot!)).toBeGreaterThanOrEqual(slot!.size);
    }
  });
});

describe("the layout under other options", () => {
  it("has the cost of a cache with these flags", () => {
    const [column] = layoutsOf(heap, [machines[1]], formOf(312, "HFZ")).columns;
    heap.configure(machines[1]);
    for (const { options, slot } of column.costs) {
      const form = formOf(312, options === "-" ? "H" : `${options}H`);
      expect(slot?.size).toBe(measureCache(heap, form)?.size);
    }
  });

  it("changes only with debug letters", () => {
    expect(withOptions("HFZ", "P")).toBe(canonicalFlags("HP"));
    expect(withOptions("FZPU", "-")).toBe("-");
    expect(withOptions("RFM", "-")).toBe(canonicalFlags("RM"));
    expect(withOptions("-", "FZ")).toBe("FZ");
  });
});

describe("the drawing of a layout", () => {
  const layouts = layoutsOf(heap, machines, formOf(312, "FZPU"));
  const lines = layoutLines(layouts);
  const page = layoutPage({ layouts, command: "slabfuzz geometry 312", version: "0" });

  it("has as many parts for each kernel as the layout", () => {
    const bars = lines.filter((line) => line.startsWith("|"));
    const counts = bars.map((bar) => bar.split("|").length - 2);
    expect(counts).toEqual(layouts.columns.map(({ slot }) => slot?.parts.length));
  });

  it("has one scale for all: a slot twice as long is drawn about twice as long", () => {
    const widths = lines.filter((line) => line.startsWith("|")).map((bar) => bar.length);
    const sizes = layouts.columns.map(({ slot }) => slot!.size);
    const scale = widths.map((width, i) => width / sizes[i]);
    expect(Math.max(...scale) / Math.min(...scale)).toBeLessThan(1.15);
  });

  it("shows a free pointer inside the object where it lies", () => {
    const [, , , drawing] = layoutLines(layoutsOf(heap, [machines[2]], formOf(64, "-")));
    const bar = drawing.slice(1, -1);
    // 6.12 keeps it in the middle, 3.10 at the start.
    expect(bar.indexOf("F")).toBe(bar.length / 2);
    const [, , , old] = layoutLines(layoutsOf(heap, [machines[0]], formOf(64, "-")));
    expect(old.indexOf("F")).toBe(1);
  });

  it("stands on a page with every kernel and figure", () => {
    for (const profile of PROFILES) expect(page).toContain(profile);
    for (const { slot } of layouts.columns) expect(page).toContain(`${slot?.size} bytes a slot`);
  });

  it("only tells that a size is refused where every kernel refuses it", () => {
    const refused = layoutsOf(heap, machines, formOf(8 << 20, "-"));
    expect(layoutLines(refused)).toHaveLength(2 + PROFILES.length);
    expect(layoutPage({ layouts: refused, command: "", version: "" })).toContain("refused");
  });
});
