// Which kind of target a name, a token or a script means, and that both kinds answer alike.
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { UserError } from "../../src/base/user_error.ts";
import { exportProgram } from "../../src/export/export.ts";
import type { TargetProgram } from "../../src/target/program.ts";
import { pathOfCore } from "../../src/targets/core_files.ts";
import {
  kernelProgram,
  programOfScript,
  programOfToken,
  requireTarget,
  targetFor,
  targetOfToken,
  watchedTarget,
} from "../../src/targets/targets.ts";

const folder = mkdtempSync(join(tmpdir(), "slabfuzz-targets-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const OFF_BY_ONE = "# boot: up slub_debug=FZ\ncache c 64 0 -\nalloc c a\nwrite a 64 41\nfree c a\n";
const FREED_TWICE = "# target: tlsf\n# bug: double-free\nalloc b0 24\nfree b0\nrefree b0\n";

const read = (text: string) => programOfScript({ name: "x", file: "x", text });

/** One program of each kind, and the class of its mistake. */
const PROGRAMS: Readonly<Record<string, readonly [script: string, bug: string]>> = {
  "the kernel's operations": [OFF_BY_ONE, "off-by-one"],
  "a module": [FREED_TWICE, "double-free"],
};

describe.each(Object.entries(PROGRAMS))("a program of %s", (_, [script, bug]) => {
  it("is judged, and shows the same when it is read back from JSON", async () => {
    const program = await read(script);
    const shown = await program.judge();
    expect(shown).toMatchObject({ verdict: "detected" });
    expect(shown.signature).toMatch(new RegExp(`^${bug}\\|`));
    const again = await read(await exportProgram(program, "json"));
    expect([again.script, await again.judge()]).toEqual([program.script, shown]);
  });

  it("is replayed operation by operation, as far as requested", async () => {
    const program = await read(script);
    const first = program.first(1);
    expect([program.opCount, first.opCount]).toEqual([program.script.match(/^[a-z]/gm)?.length, 1]);
    const record = await first.replayRecord({ format: "dmesg", machine: {} });
    expect(record).toMatchObject({ operations: [{ result: expect.any(String) }] });
    const lines = await program.replay({ format: "dmesg", machine: {} });
    expect(lines.map(({ text }) => text).join("\n")).toContain("op 0: ");
  });

  it("keeps its comments on request, and tells where its operations begin", async () => {
    const program = (await read(script)).withComments(["a word", "another"]);
    expect(program.comments).toEqual(["a word", "another"]);
    const again = await read(program.script);
    expect(again.comments).toEqual(program.comments);
    expect(program.script.split("\n")[again.firstLine - 1]).toMatch(/^(cache|alloc) /);
  });

  it("is shrunk to a program that shows the same", async () => {
    const program = await read(script);
    const { signature } = await program.judge();
    const shrunk = await program.shrink({ machine: {} });
    expect(shrunk).toMatchObject({ signature, isComplete: true });
    expect(shrunk.operations).toBeLessThanOrEqual(program.opCount);
    expect((await (await read(shrunk.script)).judge()).signature).toBe(signature);
  });
});

describe("the name of a target", () => {
  it("is SLUB for a core, also where the core lies in a file of its own", async () => {
    const path = join(folder, "core.wasm");
    copyFileSync(pathOfCore("release"), path);
    for (const target of ["slub", "canary:inuse-not-decremented", path]) {
      const { text, options } = await targetFor({ target });
      expect(text.placeRecord).toMatchObject({ profile: "v6.1" });
      expect(options.target).toBe(target);
    }
    const program = await read(OFF_BY_ONE.replace("cache", `# target: ${path}\ncache`));
    expect(program.onlyOn).toBeUndefined();
    expect(await program.judge()).toMatchObject({ verdict: "detected" });
  });

  it("is a module for a module, with its stores watched if the name has that suffix", async () => {
    const { text } = await targetFor({ target: "tlsf" });
    expect(text.placeRecord).toMatchObject({ convention: "mapping" });
    expect(await watchedTarget("tlsf")).toBe("watched:tlsf");
    await expect(watchedTarget("slub")).rejects.toThrow("only the stores of a foreign target");
  });

  it("is refused in one sentence when no target has it", async () => {
    await expect(requireTarget("slob")).rejects.toThrow(UserError);
    await expect(requireTarget("slob")).rejects.toThrow('unknown target "slob"');
    await expect(targetFor({ target: "none.wasm" })).rejects.toThrow("none.wasm: no such file");
  });

  it.each([
    { target: "a\nb.wasm" },
    { target: " c.wasm" },
    { target: "tlsf", exports: "malloc=\u001b[2J,free=free" },
  ])("is refused when no script could name it: %j", async (request) => {
    await expect(targetFor(request)).rejects.toThrow("cannot stand in a script: choose a name");
  });
});

describe("the token of a campaign", () => {
  it.each([
    ["slub", { machine: { slubDebug: "FZ" }, seed: 5n, twins: true }],
    ["tlsf", { bugs: ["double-free"], seed: 5n, twins: true, sizes: [24, 320] }],
  ] as const)("of %s gives the same campaign back", async (target, request) => {
    const made = await targetFor({ target, ...request });
    const again = await targetOfToken(made.campaignToken);
    expect(again.campaignToken).toBe(made.campaignToken);
    expect(again.text.words.join(" ")).toContain("--seed 5");
    expect(again.options).toMatchObject({ target, seed: 5n, twins: true });
  });

  it("names no program, and is refused where a program is needed", async () => {
    for (const target of ["slub", "tlsf"]) {
      const { campaignToken } = await targetFor({ target, bugs: ["none"], seed: 5n });
      await expect(programOfToken(campaignToken)).rejects.toThrow(/another program/);
    }
  });
});

describe("a request that makes no sense for a module", () => {
  const refusals: readonly (readonly [string, (program: TargetProgram) => Promise<unknown>])[] = [
    ["a machine", (one) => one.judge({ machine: { slubDebug: "F" } })],
    ["the heap afterwards", (one) => one.replay({ format: "dmesg", show: "slabs", machine: {} })],
    ["the format of recordings", (one) => one.replay({ format: "log", machine: {} })],
    ["a kernel module", (one) => exportProgram(one, "c")],
    ["what needs the kernel's operations", (one) => kernelProgram(one, "which has none")],
  ];

  it.each(refusals)("is refused in one sentence: %s", async (_, ask) => {
    const program = await read(FREED_TWICE);
    await expect(ask(program)).rejects.toThrow(/^x: is a program of a foreign module, [^\n]+$/);
    await expect(ask(program)).rejects.toThrow(UserError);
    expect(await ask(await read(OFF_BY_ONE))).toBeDefined();
  });
});
