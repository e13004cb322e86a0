// A finding of slabfuzz: the same program shows the same, for as long as nothing changed.
import { programOfScript } from "slabfuzz";
import { expect, it } from "vitest";

const SCRIPT = [
  "# boot: up slub_debug=FZ",
  "cache c 64 0 -",
  "alloc c a",
  "write a 63 41",
  "free c a",
].join("\n");

it("detected: off-by-one|right-redzone|own-cell|Right Redzone overwritten at free", async () => {
  const program = await programOfScript({ name: "finding", file: "finding.slab", text: SCRIPT });
  const shown = await program.judge();
  expect(shown.verdict).toBe("detected");
  expect(shown.signature).toBe("off-by-one|right-redzone|own-cell|Right Redzone overwritten at free");
});
