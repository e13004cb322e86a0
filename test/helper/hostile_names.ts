// Names that somebody chose to deceive a reader, a module that has one wherever a module can have a
// name, and what is wrong with a text that shows it as it is.
import { writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import binaryen from "binaryen";
import { XMLValidator } from "fast-xml-parser";
import { textBytes, unsignedBytes } from "../../src/wasm/leb128.ts";

/** What a name tries, and the name. */
export const HOSTILE_NAMES = {
  "control characters": "x\x1b[2J\x1b]0;title\x07\x9b31m\x00y",
  "line breaks": "x\n::error title=a::b\r\n##[error]c\u2028d",
  "an order of its own": "x\u202egnp.exe\u2066",
  "no end": `x${"A".repeat(50_000)}`,
  "an element of HTML": "<img src=x onerror=alert(1)>",
  "the end of a script": "</script><script>alert(1)</script><!--",
  "marks of Markdown": "](javascript:alert(1)) | **b** `c` ![d](http://e.test/f)",
  "marks of XML": "]]>&amp;<a b='c\" d",
  "a property of all objects": "__proto__",
} as const;

/** The twin: nothing about it is to be changed. */
export const HARMLESS_NAME = "naïve – 日本語";

/** Longer pieces of an endless name have no place in a report. */
const PIECE_MAX = 500;

export type Exit = "text" | "json" | "xml" | "markdown" | "html";

/** What a name would do to who reads the text; nothing where it is only read. */
export function harmIn(text: string, exit: Exit): readonly string[] {
  const isMarkup = exit !== "text" && exit !== "json";
  const rules: Readonly<Record<string, boolean>> = {
    "holds characters that nobody sees": /[^\n\t\P{C}]|[\u2028\u2029]/u.test(text),
    "gives a workflow a command": /^\s*::(?!(error|notice|warning) file=)|##\w*\[/m.test(text),
    "has no end": text.includes("A".repeat(PIECE_MAX)),
    "has an element": isMarkup && /<img|<script>alert/i.test(outsideFences(text)),
    "ends a script": exit === "html" && /<\/script>\s*<script>alert|<!--(?! )/i.test(text),
    "marks up": exit === "markdown" && /\]\(javascript:|!\[d\]/.test(outsideFences(text)),
    "is no JSON": exit === "json" && !isJson(text),
    "is no XML": exit === "xml" && XMLValidator.validate(text) !== true,
  };
  return Object.keys(rules).filter((harm) => rules[harm]);
}

/** Within a fence nothing is marked up. */
function outsideFences(text: string): string {
  return text.replace(/^(`{3,})\w*\n[\s\S]*?\n\1$/gm, "");
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * A module whose imports, exports and functions have a name. After 40 frees its malloc gives
 * up, by a function of that name, unless it is one that never does.
 */
export function writeModuleNamed(name: string, path: string, givesUp = true): void {
  const text = spelled(name);
  const module = binaryen.parseText(`(module
    (import "${text}" "abort${text}" (func $abort))
    (import "${text}" "${text}" (global $g i32))
    (memory (export "memory") 2 64) (global $top (mut i32) (i32.const 1024))
    (global $count (mut i32) (i32.const 0))
    (func (export "${text}") (result i32) (global.get $g))
    (func (export "free") (param i32) ${givesUp ? COUNTING : ""})
    (func (export "malloc") (param i32) (result i32) (local $p i32)
      (if (i32.gt_u (global.get $count) (i32.const 40)) (then (call $abort)))
      (if (i32.ge_u (local.get 0) (i32.sub (i32.const 131072) (global.get $top)))
        (then (return (i32.const 0))))
      (local.set $p (global.get $top))
      (global.set $top (i32.and (i32.const -16)
        (i32.add (i32.add (global.get $top) (i32.or (local.get 0) (i32.const 1))) (i32.const 15))))
      (local.get $p)))`);
  module.setFeatures(binaryen.Features.All);
  const code = module.emitBinary();
  const sections = [customSection("name", functionNames(4, name))];
  writeFileSync(path, Buffer.concat([code, ...sections]));
}

/** A module that never gives up, with a source map, whose sources have the name. */
export function writeMappedModuleNamed(name: string, path: string): void {
  writeModuleNamed(name, path, false);
  const map = `${basename(path)}.map`;
  const mappings = "AAAA"; // all of it comes from the first line
  const sourcesContent = [`${name.slice(0, 300)}\n`]; // reports hold the text of a source
  const record = { version: 3, sources: [name], mappings, sourcesContent };
  writeFileSync(join(dirname(path), map), JSON.stringify(record));
  const section = customSection("sourceMappingURL", textBytes(encodeURIComponent(map)));
  writeFileSync(path, section, { flag: "a" });
}

const COUNTING = "(global.set $count (i32.add (global.get $count) (i32.const 1)))";

/** A name as the text of a module spells it. */
function spelled(name: string): string {
  return [...Buffer.from(name)].map((byte) => `\\${byte.toString(16).padStart(2, "0")}`).join("");
}

function customSection(kind: string, content: readonly number[]): Uint8Array {
  const body = [...textBytes(kind), ...content];
  return Uint8Array.from([0, ...unsignedBytes(body.length), ...body]);
}

const FUNCTION_NAMES = 1;

function functionNames(count: number, name: string): readonly number[] {
  const names = Array.from({ length: count }, (_, index) => {
    return [...unsignedBytes(index), ...textBytes(name)];
  });
  const list = [...unsignedBytes(count), ...names.flat()];
  return [FUNCTION_NAMES, ...unsignedBytes(list.length), ...list];
}
