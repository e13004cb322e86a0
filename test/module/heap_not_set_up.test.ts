// Emscripten up to 1.39: the glue says where the heap begins. Where nobody does, blocks lie among
// the module's own data.
import { expect, it } from "vitest";
import { loadForeign } from "../../src/module/load/load.ts";
import { targetFor } from "../../src/targets/targets.ts";
import { scriptModule } from "./planted.ts";

/** A module with 200 bytes of text, and a heap that begins at an address. */
function moduleFrom(start: string): string {
  const name = `heap_from_${start.replace(/\W/g, "")}`;
  return scriptModule(
    name,
    `const TEXT = "${"0123456789".repeat(10)}";
     let top: usize = ${start};
     export function text(): string { return TEXT; }
     export function malloc(size: u32): usize {
       const block = top;
       if (size > 60000 - <u32>top) return 0;
       top += (size + 15) & ~15;
       return block;
     }
     export function free(block: usize): void { store<u32>(0, 1); }`,
  );
}

it("a module whose blocks lie among its own data is refused in one sentence", async () => {
  const target = await targetFor({ target: moduleFrom("16") });
  await expect(target.prepare()).rejects.toThrow(
    /^[^\n]*: its heap was not set up: it hands out 0x10, below the end of its data$/,
  );
});

it("the same module with a heap behind its data is judged", async () => {
  const target = await targetFor({ target: moduleFrom("(__heap_base + 15) & ~15") });
  await target.prepare();
  expect(target.text.place).toContain("malloc/free (malloc free)");
});

it("an old module of emscripten begins its heap where its glue says", () => {
  const { plan } = loadForeign({ target: "node_modules/argon2-browser/dist/argon2.wasm" });
  expect(plan.firstWord).toEqual({ at: 5440, value: 5248528 });
  expect(plan.importNames).toMatchObject({ c: "_emscripten_resize_heap", a: "abort" });
});
