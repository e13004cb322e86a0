// Which module a name means: of a package, of a script, of a package whose name looks like a file.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { modulesOf, pathOfModule } from "../../src/module/load/find.ts";
import { loadForeign } from "../../src/module/load/load.ts";
import { moduleNamed } from "../../src/targets/targets.ts";
import { bumpModule } from "../helper/bump_module.ts";

const home = process.cwd();
const folder = mkdtempSync(join(tmpdir(), "slabfuzz-find-"));
beforeAll(() => process.chdir(folder));
afterAll(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true });
});

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");

/** A package in node_modules with files; modules of different names have different bytes. */
function install(name: string, files: readonly string[]): void {
  for (const file of files) {
    const path = join(folder, "node_modules", name, file);
    mkdirSync(dirname(path), { recursive: true });
    const bytes = bumpModule("", `(func (export "${name}/${file}"))`);
    writeFileSync(path, file.endsWith(".wasm") ? bytes : `const code = "${base64(bytes)}";`);
  }
}

describe("the option --module", () => {
  const path = (file: string) => `node_modules/several/${file}`;
  beforeAll(() => {
    install("several", ["dist/a.wasm", "dist/simd/a.wasm", "dist/b.wasm", "dist/simd/ab.wasm"]);
  });

  it.each([
    ["b", "dist/b.wasm"],
    ["b.wasm", "dist/b.wasm"],
    ["simd/a.wasm", "dist/simd/a.wasm"],
    ["./dist/a.wasm", "dist/a.wasm"],
    ["ab", "dist/simd/ab.wasm"],
    ["node_modules/several/dist/a.wasm", "dist/a.wasm"],
  ])("picks the module that %s means", async (name, file) => {
    expect(await moduleNamed("several", name)).toBe(path(file));
  });

  it.each([
    ["a", /^several: holds several modules a \(\S+dist.a\.wasm \S+simd.a\.wasm\)$/],
    ["c", /^several: holds no module c \(\S+ \S+ \S+ \S+\)$/],
    ["__proto__", /^several: holds no module __proto__ /],
  ])("refuses %s in one sentence that lists modules", async (name, sentence) => {
    await expect(moduleNamed("several", name)).rejects.toThrow(sentence);
  });

  it("picks one of the modules of a script by the number of its path", () => {
    const bytes = [bumpModule(), bumpModule("", `(func (export "f"))`)];
    const scripts = bytes.map((one, index) => `const c${index} = "${base64(one)}";`);
    writeFileSync("two.js", scripts.join("\n"));
    expect(pathOfModule("two.js", "two.js#2")).toBe("two.js#2");
  });

  it("says nothing about the kernel's allocator", async () => {
    await expect(moduleNamed("slub", "a")).rejects.toThrow(/^slub: only a package or a script/);
  });
});

it("a package of many modules is refused in one sentence that names --module", () => {
  const files = Array.from({ length: 9 }, (_, index) => `m${index}.wasm`);
  install("many", files);
  expect(() => loadForeign({ target: "many" })).toThrow(
    /^many: holds several .*--module: (\S+ ){6}and 3 more$/,
  );
});

describe("a package whose name ends as that of a file does", () => {
  it.each(["alloc.wasm", "sql.js", "pack.mjs"])("is a package: %s", (name) => {
    install(name, ["lib/inner.wasm"]);
    const [{ path }] = modulesOf(name);
    expect(path).toBe(join("node_modules", name, "lib", "inner.wasm"));
    expect(loadForeign({ target: name }).plan.binding.convention).toBe("malloc/free");
  });

  it("gives way to a file of that name", () => {
    install("own.wasm", ["inner.wasm"]);
    writeFileSync("own.wasm", bumpModule());
    expect(modulesOf("own.wasm").map(({ path }) => path)).toEqual(["own.wasm"]);
  });
});
