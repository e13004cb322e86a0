// The C of an export is C: the compiler reads it with headers of ours that declare what a kernel's
// would. Skipped where there is no compiler.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { exportProgram } from "../../src/export/export.ts";
import type { Program } from "../../src/slub/program/op.ts";
import { printScript } from "../../src/slub/program/text.ts";
import { shrink } from "../../src/slub/shrink/shrink.ts";
import { programOfScript } from "../../src/targets/targets.ts";
import { EVERY_OP } from "../slub/program/every_op.ts";
import { someFindings } from "../slub/shrink/findings.ts";

const STUB = fileURLToPath(new URL("stub", import.meta.url));
const hasCompiler = spawnSync("gcc", ["--version"]).status === 0;

function complaintsAbout(text: string): string {
  const options = ["-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-std=gnu11", `-I${STUB}`];
  const { stderr, status } = spawnSync("gcc", [...options, "-x", "c", "-"], { input: text });
  return status === 0 ? "" : stderr.toString();
}

async function moduleOf(source: Program | string): Promise<string> {
  const text = typeof source === "string" ? source : printScript(source);
  return await exportProgram(await programOfScript({ name: "x", file: "x", text }), "c");
}

const findings = [...someFindings(24, 2n, 60)];

describe("an exported kernel module", () => {
  it.skipIf(!hasCompiler)("compiles when it has every operation", async () => {
    expect(complaintsAbout(await moduleOf(EVERY_OP))).toBe("");
  });

  it.skipIf(!hasCompiler)("compiles when it has a finding, shrunk or not", async () => {
    for (const { program } of findings) {
      expect(complaintsAbout(await moduleOf(program))).toBe("");
    }
    for (const { program } of findings.slice(0, 6)) {
      expect(complaintsAbout(await moduleOf(shrink(program).program))).toBe("");
    }
  });

  it.skipIf(!hasCompiler)("is rejected by the compiler when it is no valid C", async () => {
    const text = await moduleOf("cache c 8 0 -\n");
    expect(complaintsAbout(text.replace("kmem_cache_create", "kmem_cache_creates"))).not.toBe("");
  });

  it("does what the script does, in its order, and logs each operation by name", async () => {
    const script = "cache c 64 0 FZ\nalloc c a z\nwrite a 64 41\nfree c a+8\ndestroy c\n";
    const text = await moduleOf(script);
    const statements = [
      'cache[0] = kmem_cache_create("c", 64, 0, ' +
        "SLAB_CONSISTENCY_CHECKS | SLAB_RED_ZONE | SLAB_NOLEAKTRACE, NULL);",
      "slot[0] = kmem_cache_alloc(cache[0], GFP_KERNEL | __GFP_ZERO);",
      'memcpy(at(slot[0], 64), "\\x41", 1);',
      "kmem_cache_free(cache[0], at(slot[0], 8));",
      "kmem_cache_destroy(cache[0]);",
    ];
    const places = statements.map((statement) => text.indexOf(statement));
    expect(places).not.toContain(-1);
    expect([...places].sort((a, b) => a - b)).toEqual(places);
    for (const line of script.trimEnd().split("\n")) expect(text).toContain(`: ${line}");`);
  });

  it("has no way out of its comments and strings for a script's text", async () => {
    const script = '# */ int x; /*\ncache c"\\?? 8 0 -\nalloc c"\\?? a*/b\nsetoffset c"\\?? 0\n';
    const text = await moduleOf(script);
    expect(text).not.toContain("a*/b (");
    if (hasCompiler) expect(complaintsAbout(text)).toBe("");
  });
});
