// Names that a module gives its imports and exports, in what commands print of it and write.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import binaryen from "binaryen";
import { afterAll, expect, it } from "vitest";
import { slabfuzz } from "../helper/command.ts";

const folder = mkdtempSync(join(tmpdir(), "slabfuzz-hostile-modules-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A name that tries everything, and has no end. */
const ENDLESS = "A".repeat(50_000);
const NASTY = `abort\n::error::y\r\x1b[2J\u202e\u2028##[error]<script>&"'|\`\${{ x }}${ENDLESS}`;

/** A name as the text of a module spells it. */
function spelled(name: string): string {
  return [...Buffer.from(name)].map((byte) => `\\${byte.toString(16).padStart(2, "0")}`).join("");
}

/** A bump allocator that gives up after 40 frees by an import of that name. */
function hostileModule(name: string): string {
  const text = spelled(name);
  const module = binaryen.parseText(`(module
    (import "${text}" "${text}" (func $abort))
    (memory (export "memory") 2 64) (global $top (mut i32) (i32.const 1024))
    (global $count (mut i32) (i32.const 0))
    (func (export "${text}") (nop))
    (func (export "free") (param i32)
      (global.set $count (i32.add (global.get $count) (i32.const 1))))
    (func (export "malloc") (param i32) (result i32) (local $p i32)
      (if (i32.gt_u (global.get $count) (i32.const 40)) (then (call $abort)))
      (if (i32.gt_u (local.get 0) (i32.sub (i32.const 131072) (global.get $top)))
        (then (return (i32.const 0))))
      (local.set $p (global.get $top))
      (global.set $top (i32.and (i32.add (i32.add (global.get $top) (local.get 0)) (i32.const 15))
        (i32.const -16)))
      (local.get $p)))`);
  module.setFeatures(binaryen.Features.All);
  const path = join(folder, "hostile.wasm");
  writeFileSync(path, module.emitBinary());
  return path;
}

function expectHarmless(text: string): void {
  expect(text).not.toMatch(/[^\n\t\P{C}]|[\u2028\u2029]/u);
  expect(text).not.toMatch(/^\s*::|##\w*\[/m);
  expect(text).not.toContain("A".repeat(500));
}

it("a hostile name of a module reaches no reader raw, and without an end", async () => {
  const path = hostileModule(NASTY);
  const junit = join(folder, "out.xml");
  const out = join(folder, "findings");
  const limits = ["--seed", "5", "--time", "300ms"];
  for (const words of [
    ["targets", "inspect", path],
    ["targets", "inspect", path, "--json"],
    ["targets", "inspect", path, "--exports", `malloc=${NASTY.replaceAll(",", "")},free=free`],
    ["targets", "check", path, ...limits, "--junit", junit, "--fragmented-max", "1"],
    ["fuzz", "--target", path, "--seed", "5", "--cases", "20", "--out", out, "--json"],
  ]) {
    const { out: said, error } = await slabfuzz(...words);
    expectHarmless(said + error);
  }
  expectHarmless(readFileSync(junit, "utf8"));
  for (const name of readdirSync(out, { recursive: true, encoding: "utf8" })) {
    if (/\.(txt|slab|json)$/.test(name)) expectHarmless(readFileSync(join(out, name), "utf8"));
  }
});
