// Allocators that work for ever, each in another way. Each is refused in one sentence, because its
// loops and its long instructions take fuel.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { targetFor } from "../../src/targets/targets.ts";
import { bumpModule } from "../helper/bump_module.ts";

const folder = mkdtempSync(join(tmpdir(), "slabfuzz-endless-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A module whose malloc does this before it hands out the next piece of memory. */
function modulePath(name: string, work: string, more = ""): string {
  const path = join(folder, `${name}.wasm`);
  writeFileSync(path, bumpModule(work, more));
  return path;
}

const FILL = "(memory.fill (i32.const 65536) (i32.const 0) (i32.const 60000000))";
const COPY = "(memory.copy (i32.const 65536) (i32.const 0) (i32.const 60000000))";

describe("a module whose malloc never ends", () => {
  it.each([
    ["fills", `(loop $l ${FILL} (br $l))`],
    ["copies", `(loop $l ${COPY} (br $l))`],
    ["grows", "(loop $l (drop (memory.grow (i32.const 0))) (br $l))"],
    ["turns", "(loop $l (br $l))"],
    ["fills-without-a-loop", FILL.repeat(3000)],
  ])("is refused in one sentence: it %s", async (name, work) => {
    const target = await targetFor({ target: modulePath(name, work) });
    await expect(target.prepare()).rejects.toThrow(/gives nothing.*a loop of it does not end$/);
  });

  it("is refused in one sentence where its start function does not end", async () => {
    const more = "(start $s) (func $s (loop $l (br $l)))";
    const target = await targetFor({ target: modulePath("starts", "", more) });
    await expect(target.prepare()).rejects.toThrow(/^[^\n]*starts\.wasm: cannot be started/);
  });
});

it("a module that fills a little or loops in its start function is measured", async () => {
  const little = "(memory.fill (i32.const 0) (i32.const 0) (i32.const 4096))";
  const more = `(start $s) (func $s (local $i i32) (loop $l
    (local.set $i (i32.add (local.get $i) (i32.const 1)))
    (br_if $l (i32.lt_u (local.get $i) (i32.const 100000)))))`;
  for (const path of [modulePath("little", little), modulePath("begins", "", more)]) {
    const target = await targetFor({ target: path });
    await target.prepare();
    expect(target.text.place).toContain("room for 57 MiB");
  }
});
