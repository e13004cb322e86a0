import { describe, expect, it } from "vitest";
import { withCoreNames } from "./slab_names.ts";

const CORE = ["@@ op 0: alloc c a => c/s0 o0 off=0 new", "@@ op 1: alloc c b => c/s1 o0 off=0 new"];

describe("a kernel's log with the core's numbers", () => {
  it("gives a slab the core's name from its answer on", () => {
    const kernel = [
      "@@ op 0: alloc c a => c/s0 o0 off=0 new",
      "@@ op 1: alloc c b => c/s2 o0 off=0 new gone:c/s1",
      "    | Object {c/s2+0x40} @offset=64 fp={c/s0+0x80}",
    ];
    expect(withCoreNames(kernel, CORE)?.at(-1)).toBe(
      "    | Object {c/s1+0x40} @offset=64 fp={c/s0+0x80}",
    );
  });

  it("stays as it is where the numbers are the same", () => {
    expect(withCoreNames(CORE, CORE)).toEqual(CORE);
  });

  it("is refused where an answer names another number of slabs", () => {
    const kernel = [CORE[0], "@@ op 1: alloc c b => null"];
    expect(withCoreNames(kernel, CORE)).toBeUndefined();
  });
});
