// slabfuzz cost, run as a command: its output, its files and its exit code.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { patched } from "../../src/wasm/rewrite.ts";
import { slabfuzz } from "../helper/command.ts";
import { codeOf, namedCore, PLANTED_LOAD } from "../helper/named_core.ts";
import { SCRIPT_SOURCE } from "../helper/own_allocator.ts";
import { scriptModule } from "../module/planted.ts";

const folder = mkdtempSync(join(tmpdir(), "cost-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string): string => join(folder, name);

it("slabfuzz cost passes for the same core, and fails for one more load in a free", async () => {
  const core = namedCore();
  const at = codeOf(core, "kmem_cache_free");
  writeFileSync(file("same.wasm"), core.bytes);
  writeFileSync(file("dearer.wasm"), patched(core, [{ at, end: at, bytes: PLANTED_LOAD }]));

  const taken = await slabfuzz("cost", file("same.wasm"), "--baseline", file("b.json"), "--update");
  expect([taken.code, taken.error]).toEqual([undefined, ""]);
  const same = await slabfuzz("cost", file("same.wasm"), "--baseline", file("b.json"));
  expect([same.code, same.error]).toEqual([undefined, ""]);
  expect(same.out).toContain(`cost as in ${file("b.json")}`);

  const dearer = await slabfuzz("cost", file("dearer.wasm"), "--baseline", file("b.json"));
  expect(dearer.code).toBe(1);
  expect(dearer.out).toMatch(/cost \+[\d.]+ % in kmem_cache_free, -, 64 B \(v6\.1 up\)/);
  const words = ["--baseline", file("b.json"), "--tolerance", "50"];
  expect((await slabfuzz("cost", file("dearer.wasm"), ...words)).code).toBeUndefined();
});

it("slabfuzz cost prints the requested rows, and all of them as JSON", async () => {
  const { out } = await slabfuzz(
    "cost",
    "--rows",
    "v3.10 FZP 64 kmem_cache_free",
    "--baseline",
    own(),
  );
  expect(out.match(/^v3\.10 FZP 64 kmem_cache_free/gm)).toHaveLength(2);
  const { out: json } = await slabfuzz("cost", "--json", "--time");
  const record = JSON.parse(json);
  expect(record.rows.length).toBeGreaterThan(300);
  expect(record.rows[0]).toMatchObject({ name: expect.any(String), ns: expect.any(Number) });
});

/** A baseline of no rows. */
function own(): string {
  writeFileSync(file("none.json"), '{"version": 1, "rows": {}}');
  return file("none.json");
}

it.each([
  [["mine"], '"mine" is neither slub nor a .wasm file'],
  [["not.wasm"], "not.wasm: no such file"],
  [["--baseline", "no.json"], "no.json: no such file"],
  [["--rows", "v9.9"], '--rows "v9.9": there is no such row'],
  [["--tolerance", "much"], "must be a number of percent from 0 to 10000"],
])("slabfuzz cost %j is refused in one sentence", async (words, message) => {
  const { code, error } = await slabfuzz("cost", ...words);
  expect(code).toBe(2);
  expect(error).toContain(message);
});

it("slabfuzz cost refuses a module that is no core and has no allocator", async () => {
  writeFileSync(file("empty.wasm"), readFileSync(file("same.wasm")).subarray(0, 8));
  const { code, error } = await slabfuzz("cost", file("empty.wasm"));
  expect([code, error]).toEqual([2, expect.stringContaining("no allocator found")]);
});

it("slabfuzz cost counts the operations of a module, and refuses to time them", async () => {
  const target = scriptModule("own-cost", SCRIPT_SOURCE, ["--use", "MISTAKE=0"]);
  const { code, out } = await slabfuzz("cost", target, "--baseline", own());
  expect([code, out]).toEqual([undefined, expect.stringMatching(/^16 B alloc( +\d+\.\d){6}$/m)]);
  const timed = await slabfuzz("cost", target, "--time");
  expect([timed.code, timed.error]).toEqual([2, expect.stringContaining("--time is for cores")]);
});
