// Modules that scripts carry in their text: found, and the same as in a file of their own.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { UserError } from "../../src/base/user_error.ts";
import { embeddedModules } from "../../src/module/load/embedded.ts";
import { loadForeign } from "../../src/module/load/load.ts";
import { fileBeside, scriptModule } from "./planted.ts";

const SOURCE = `
  export function malloc(size: u32): usize { return heap.alloc(size); }
  export function free(block: usize): void { heap.free(block); }`;

const file = scriptModule("embedded", SOURCE);
const bytes = readFileSync(file);
const base64 = (data: Uint8Array) => Buffer.from(data).toString("base64");

function escaped(byte: number): string {
  if (byte === 0) return "\\x00";
  const letter = String.fromCharCode(byte);
  return /[a-z ]/i.test(letter) ? letter : `\\x${byte.toString(16).padStart(2, "0")}`;
}

/** Scripts that carry the module, by how. */
const SCRIPTS: Readonly<Record<string, string>> = {
  base64: `const code = "${base64(bytes)}";`,
  "a data URL": `fetch('data:application/wasm;base64,${base64(bytes)}')`,
  "base64 in pieces": `var a = "${base64(bytes).slice(0, 5)}" +\n "${base64(bytes).slice(5)}";`,
  "base64 of gzip": `load("${base64(gzipSync(bytes))}")`,
  "base64 of zlib": `load("${base64(deflateSync(bytes))}")`,
  "base64 of deflate": `load("${base64(deflateRawSync(bytes))}")`,
  "base64 of brotli": `load("${base64(brotliCompressSync(bytes))}")`,
  "an array of numbers": `new Uint8Array([${[...bytes].join(", ")}])`,
  "an array of hexadecimal numbers": `[${[...bytes].map((one) => `0x${one.toString(16)}`)}]`,
  "a string": `const s = "${[...bytes].map(escaped).join("")}";`,
};

function script(name: string, text: string): string {
  return fileBeside(`${name.replaceAll(" ", "-")}.mjs`, text);
}

describe.each(Object.entries(SCRIPTS))("a script that carries a module as %s", (name, text) => {
  it("is the same target as the module in a file", () => {
    expect(embeddedModules(text).map(base64)).toEqual([base64(bytes)]);
    const carried = loadForeign({ target: script(name, text) });
    const own = loadForeign({ target: file });
    expect(carried.plan.binding).toEqual(own.plan.binding);
    expect(base64(carried.code)).toBe(base64(own.code));
  });
});

describe("a script", () => {
  it("that carries no module is refused in one sentence", () => {
    const target = script("none", `const text = "AGFzbQ is how base64 of modules begins";`);
    expect(() => loadForeign({ target })).toThrow(/none.mjs: carries no WebAssembly module/);
  });

  it("that carries one cut short is refused, and nothing traps", () => {
    const target = script("cut", `const code = "${base64(bytes.subarray(0, 60))}";`);
    expect(() => loadForeign({ target })).toThrow(UserError);
  });

  it("that carries two names the second by its number", () => {
    const other = readFileSync(scriptModule("other", `${SOURCE} export function f(): void {}`));
    const target = script("two", `let a = "${base64(bytes)}", b = "${base64(other)}";`);
    expect(() => loadForeign({ target })).toThrow(/several modules .*two.mjs#1 .*two.mjs#2/);
    expect(base64(loadForeign({ target: `${target}#2` }).bytes)).toBe(base64(other));
    expect(() => loadForeign({ target: `${target}#3` })).toThrow(/carries 2 of them/);
  });
});

it("a package without a .wasm file is searched for scripts that carry one", () => {
  const folder = join(dirname(file), "carrier");
  mkdirSync(join(folder, "lib"), { recursive: true });
  writeFileSync(join(folder, "index.js"), "export default 1;");
  writeFileSync(join(folder, "lib", "inline.js"), SCRIPTS.base64);
  expect(loadForeign({ target: folder }).path).toBe(join(folder, "lib", "inline.js"));
});
