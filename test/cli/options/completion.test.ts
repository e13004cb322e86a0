// What shells are told for their completions, and the scripts made of it.
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { commandEntries } from "../../../src/cli/options/option.ts";
import { createProgram } from "../../../src/cli/program.ts";
import { PROFILES } from "../../../src/slub/program/variant.ts";
import { BUG_NAMES } from "../../../src/target/bug_names.ts";
import { VERDICTS } from "../../../src/target/verdict.ts";
import { slabfuzz } from "../../helper/command.ts";

const entries = commandEntries(await createProgram({ out: () => {}, error: () => {} }));
const names = entries.map(({ name }) => name);

function wordsOf(command: string, flag: string): readonly string[] | undefined {
  const options = entries.find(({ name }) => name === command)?.options ?? [];
  return options.find(({ name }) => name.split(" ")[0] === flag)?.words;
}

/** What bash offers for the last of the words, which it takes apart at = and at :. */
async function offeredByBash(...words: string[]): Promise<readonly string[]> {
  const { out } = await slabfuzz("completion", "bash");
  const script = `source <(cat); COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _slabfuzz 2>&1
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const args = ["-c", script, "bash", "slabfuzz", ...words];
  const { stdout, stderr } = spawnSync("bash", args, { input: out, encoding: "utf8" });
  expect(stderr).toBe("");
  return stdout.split("\n").filter((line) => line !== "");
}

it("a shell learns of every command, also of those below others", () => {
  expect(names).toEqual(
    expect.arrayContaining(["", "fuzz", "ci", "corpus add", "targets inspect"]),
  );
});

it.each([
  ["fuzz", "--bugs", ["all", ...BUG_NAMES]],
  ["fuzz", "--profile", PROFILES],
  ["fuzz", "--fail-on", ["new", "any", "none"]],
  ["merge", "--fail-on", ["new", "any", "none"]],
  ["corpus add", "--expect", VERDICTS],
  ["replay", "--format", ["dmesg", "log", "json"]],
  ["fuzz", "--cases", []],
])("the option of %s %s tells the words that it takes", (command, flag, words) => {
  expect(new Set(wordsOf(command, flag))).toEqual(new Set(words));
});

describe("bash", () => {
  it.each([
    [["fuz"], ["fuzz"]],
    [["help", "matr"], ["matrix"]],
    [["corpus", "a"], ["add"]],
    [["corpus", "add", "--exp"], ["--expect"]],
    [["fuzz", "--bugs-p"], ["--bugs-per-case"]],
    [["fuzz", "--bugs", "leak,double-free-b"], ["leak,double-free-bulk"]],
    [["fuzz", "--bugs", "=", "leak,double-free-b"], ["leak,double-free-bulk"]],
    [["fuzz", "--profile", "v6.12"], ["v6.12"]],
    [["fuzz", "--profile", "="], PROFILES],
    [["fuzz", "--target", "canary", ":", "inuse"], ["inuse-not-decremented"]],
    [["fuzz", "--invariants", "overl"], ["overlap="]],
    [["fuzz", "--cases", ""], []],
    [["completion", "f"], ["fish"]],
    [["replay", "--json", "examples/seed.s"], ["examples/seed.slab"]],
    [["fuzz", "--json", "--out", "examples/ini"], ["examples/init"]],
  ])("completes %j with %j", async (words, offered) => {
    expect(await offeredByBash(...words)).toEqual(offered);
  });

  it("offers every command where none is said", async () => {
    const offered = await offeredByBash("");
    for (const name of names) expect(offered).toContain(name.split(" ")[0] || "help");
  });
});

describe.each(["zsh", "fish"])("the script for %s", (shell) => {
  const isThere = spawnSync(shell, ["--version"]).status === 0;

  it.skipIf(!isThere)("the script parses (skipped where the shell is not installed)", async () => {
    const { out } = await slabfuzz("completion", shell);
    const { status, stderr } = spawnSync(shell, ["-n"], { input: out, encoding: "utf8" });
    expect([status, stderr]).toEqual([0, ""]);
  });

  it("the script names every command and the words of options", async () => {
    const { out } = await slabfuzz("completion", shell);
    const words = [...names, "fuzz --bugs", "double-free", "v6.12"];
    for (const word of words) expect(out).toContain(word);
    expect(out).not.toMatch(/ROWS|NAMES/);
  });
});

it("a shell without a script is refused", async () => {
  const { code, error } = await slabfuzz("completion", "csh");
  expect([code, error]).toEqual([2, expect.stringContaining("bash, zsh, fish")]);
});
