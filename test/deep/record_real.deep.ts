// Traces of real programs: packages that are driven by their own interfaces, while the recorder
// stands between their glue and their modules.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Recording, recordNext } from "../../src/module/record/record.ts";
import { programOfScript } from "../../src/targets/targets.ts";
import { slabfuzz } from "../helper/command.ts";
import { plantedModule, scriptModule } from "../module/planted.ts";

const SQLITE = "node_modules/@sqlite.org/sqlite-wasm/sqlite-wasm/jswasm/sqlite3.wasm";
const LZ4 = "node_modules/lz4-wasm-nodejs/lz4_wasm_nodejs_bg.wasm";
const require = createRequire(import.meta.url);
const folder = mkdtempSync(join(tmpdir(), "slabfuzz-record-"));

/** What the tests need of sqlite's interface. */
interface Sqlite {
  readonly oo1: { readonly DB: new (name: string, flags: string) => Database };
  readonly wasm: { alloc(bytes: number): number; dealloc(pointer: number): void };
}
interface Database {
  exec(what: string | { sql: string; bind: readonly unknown[] }): void;
  selectValue(sql: string): unknown;
  close(): void;
}

/** Its glue is for browsers: it looks for names that only they have while it is loaded. */
async function loadSqlite(): Promise<Sqlite> {
  const names = { self: globalThis, location: { href: "file:///", pathname: "/", search: "" } };
  const missing = Object.keys(names).filter((name) => !(name in globalThis));
  Object.assign(globalThis, names);
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  try {
    const name = "@sqlite.org/sqlite-wasm";
    const { default: load } = await import(name);
    return await load({ print() {}, printErr() {}, wasmBinary: readFileSync(SQLITE) });
  } finally {
    warn.mockRestore();
    for (const name of missing) Reflect.deleteProperty(globalThis, name);
  }
}

/** A table that is filled and counted: its texts are bound in memory that the glue allocates. */
function useDatabase({ oo1 }: Sqlite, rows: number): unknown {
  const database = new oo1.DB(":memory:", "c");
  database.exec("create table t (a, b)");
  for (let i = 0; i < rows; i++) {
    database.exec({ sql: "insert into t values (?, ?)", bind: [i, "x".repeat(7 * i)] });
  }
  const count = database.selectValue("select count(*) from t");
  database.close();
  return count;
}

describe("a database of sqlite that was recorded", () => {
  let recording: Recording;
  let sqlite: Sqlite;
  const clean = join(folder, "clean.slab");
  const broken = join(folder, "broken.slab");

  beforeAll(async () => {
    const next = recordNext({
      target: SQLITE,
      exports: "malloc=sqlite3_malloc,free=sqlite3_free,realloc=sqlite3_realloc,align=8",
      matches: (exports) => "sqlite3_malloc" in exports,
    });
    try {
      sqlite = await loadSqlite();
    } finally {
      next.release();
    }
    recording = next.recording!;
    expect(useDatabase(sqlite, 25)).toBe(25);
    writeFileSync(clean, recording.trace());
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it("has an operation for each text that its glue put into memory", () => {
    const sizes = new Set(
      recording
        .trace()
        .match(/(?<=^alloc b\d+ )\d+/gm)
        ?.map(Number),
    );
    for (let i = 1; i < 25; i++) expect(sizes).toContain(7 * i + 1);
    expect(recording.trace()).not.toMatch(/^(refree|freeat|freeoff)/m);
  });

  it("replays on sqlite and on another allocator, where no rule is broken", async () => {
    for (const words of [[], ["--target", plantedModule("none")]]) {
      const { out } = await slabfuzz("replay", clean, ...words);
      expect(out).toMatch(/\nall \d+ operations ran, no rule was broken\nverdict: ok\n$/);
    }
  });

  it("is benched, beside another allocator", async () => {
    const words = ["--targets", plantedModule("none"), "--time", "1ms", "--json"];
    const { out } = await slabfuzz("bench", clean, ...words);
    const [{ rows }] = JSON.parse(out).groups;
    const names = rows.map(({ name }: { name: string }) => name);
    expect(names).toEqual([SQLITE, plantedModule("none")]);
    expect(rows.every(({ p10 }: { p10: number }) => p10 > 0)).toBe(true);
  });

  it("is shown as a page", async () => {
    const { code, error } = await slabfuzz("view", clean, "--html", join(folder, "view.html"));
    expect([code, error]).toEqual([undefined, expect.stringContaining("view.html: written")]);
  });

  it("shrinks to the one mistake that the program made", async () => {
    const pointer = sqlite.wasm.alloc(40);
    sqlite.wasm.dealloc(pointer);
    sqlite.wasm.dealloc(pointer);
    writeFileSync(broken, recording.trace());
    const { out, error } = await slabfuzz("shrink", broken);
    const ops = out.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    expect(error).toMatch(/\d+ operations became 3,/);
    expect(ops.map((line) => line.split(" ")[0])).toEqual(["alloc", "free", "refree"]);
  });

  it("shrinks to what breaks another allocator", async () => {
    const source = `
      let top: usize = 4096;
      export function malloc(size: u32): usize { top += size & ~63; return top - (size & ~63); }
      export function free(block: usize): void { }`;
    const words = ["--target", scriptModule("rounds_down", source)];
    const { out, error } = await slabfuzz("shrink", clean, ...words);
    expect(error).toMatch(/^invariant: none\|rounds_down\|-\|invariant corrupt$/m);
    const ops = out.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    expect(ops.length).toBeLessThanOrEqual(6);
  });
});

it("a trace of lz4 leaves out the frees of blocks that the module made itself", async () => {
  const next = recordNext({ target: LZ4 });
  let lz4: { compress(bytes: Uint8Array): Uint8Array; decompress(bytes: Uint8Array): Uint8Array };
  try {
    lz4 = require("lz4-wasm-nodejs");
  } finally {
    next.release();
  }
  for (let length = 1000; length <= 5000; length += 1000) {
    const bytes = new Uint8Array(length).fill(length);
    expect(Buffer.compare(lz4.decompress(lz4.compress(bytes)), bytes)).toBe(0);
  }
  const text = next.recording!.trace();
  expect(text).toContain("# left out: 10 frees of addresses that no call gave");
  expect(text).toMatch(/^alloc b\d+ 5000$/m);
  const program = await programOfScript({ name: "trace", file: "trace", text });
  expect((await program.judge()).verdict).toBe("ok");
});
