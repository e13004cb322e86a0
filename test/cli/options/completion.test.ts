// What a shell can be told for its completions.
import { expect, it } from "vitest";
import { commandEntries } from "../../../src/cli/options/option.ts";
import { createProgram } from "../../../src/cli/program.ts";
import { PROFILES } from "../../../src/slub/program/variant.ts";
import { BUG_NAMES } from "../../../src/target/bug_names.ts";
import { VERDICTS } from "../../../src/target/verdict.ts";

const entries = commandEntries(createProgram({ out: () => {}, error: () => {} }));

function wordsOf(command: string, flag: string): readonly string[] | undefined {
  const options = entries.find(({ name }) => name === command)?.options ?? [];
  return options.find(({ flags }) => flags.split(" ")[0] === flag)?.words;
}

it("a shell learns of every command, also of those below others", () => {
  const names = entries.map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining(["", "fuzz", "ci", "corpus add", "targets inspect"]),
  );
  for (const { name, about } of entries) expect(about, name).toMatch(/^.{10,}$/);
});

it.each([
  ["fuzz", "--bugs", ["all", ...BUG_NAMES]],
  ["fuzz", "--profile", PROFILES],
  ["fuzz", "--fail-on", ["new", "any", "none"]],
  ["score", "--bugs", ["all", ...BUG_NAMES]],
  ["merge", "--fail-on", ["new", "any", "none"]],
  ["corpus add", "--expect", VERDICTS],
  ["replay", "--format", ["dmesg", "log", "json"]],
  ["fuzz", "--cases", []],
])("the option of %s %s tells the words that it takes", (command, flag, words) => {
  expect(wordsOf(command, flag)).toEqual(words);
});
