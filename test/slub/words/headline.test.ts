// The headline of a log: one line that names the error.
import { describe, expect, it } from "vitest";
import { deathOf, headlineOf } from "../../../src/slub/words/transcript.ts";

describe("the headline of a log", () => {
  it("is the BUG line, without the taint", () => {
    const lines = ["=".repeat(77), "BUG c (Tainted: G    B  ): Object already free", "Slab 0x0"];
    expect(headlineOf(lines)).toBe("BUG c: Object already free");
  });

  it("is the line about the bytes where that comes first, as on 6.12", () => {
    const bytes = "[Right Redzone overwritten] 0x1-0x1 @offset=72. First byte 0x41 instead of 0xcc";
    expect(headlineOf([bytes, "=", "BUG c (Not tainted): Object corrupt"])).toBe(bytes);
  });

  it("is the text of a warning, on whichever side of its place it stands", () => {
    const place = "WARNING: at lib/list_debug.c:29 __list_add()";
    const text = "list_add corruption. next->prev should be prev (1), but was 2. (next=3).";
    expect(headlineOf(["cut", place, text])).toBe(text);
    expect(headlineOf(["cut", text, place])).toBe(text);
    expect(headlineOf(["cut", place, "RIP: 0010:x"])).toBe(place);
  });

  it("is missing where the log has no report", () => {
    expect(headlineOf([])).toBeUndefined();
    expect(headlineOf(["TRACE c alloc 0x1 inuse=1 fp=0x2"])).toBeUndefined();
  });
});

describe("the cause of a machine's death", () => {
  it("names the fault and the function, in the words of either kernel", () => {
    const old = [
      "BUG: unable to handle kernel paging request at 1",
      "RIP: 0010:[<..>]  [<..>] kfree",
    ];
    expect(deathOf(old)).toBe("BUG: unable to handle kernel paging request at 1 in kfree");
    const young = ["Oops: general protection fault, probably: 0000 [#1]", "RIP: 0010:__slab_free"];
    expect(deathOf(young)).toBe(
      "Oops: general protection fault, probably: 0000 [#1] in __slab_free",
    );
  });

  it("is missing where the machine lives", () => {
    expect(deathOf(["BUG c (Not tainted): Object already free"])).toBeUndefined();
  });
});
