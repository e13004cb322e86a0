// Hostile modules, and real ones with bytes changed at random: each is refused in one sentence with
// exit code 2, or gets a result. No stack is shown, no command takes long, none needs much memory.
//
//   SLABFUZZ_MUTATIONS=500..999    only these mutations of the 2000
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { loadForeign } from "../../src/module/load/load.ts";
import { hostileModules, mutatedModules, originalOf } from "../helper/hostile_modules.ts";

const MUTATIONS = 2000;
const SECONDS_MAX = 10;
const MIB_MAX = 512;
const SENTENCE_MAX = 1600;
/** Mutations that one process checks: starting one takes as long as many checks. */
const BATCH = 25;

const REAL = [
  "node_modules/lz4-wasm-nodejs/lz4_wasm_nodejs_bg.wasm",
  "web-tree-sitter",
  "@sqlite.org/sqlite-wasm",
  "argon2-browser",
];

const folder = mkdtempSync(join(tmpdir(), "slabfuzz-hostile-"));
afterAll(() => rmSync(folder, { recursive: true }));

interface Checked {
  readonly path: string;
  readonly code: number | null;
  readonly text: string;
  readonly seconds: number;
  readonly mib: number;
}

const helper = (name: string) => join(import.meta.dirname, "..", "helper", name);
const SCRIPT = join(import.meta.dirname, "..", "..", "bin", "slabfuzz.js");
const PROBE = pathToFileURL(helper("usage_probe.mjs"));
const OPTIONS = ["--seed", "3", "--time", "200ms", "--json"];

const USAGE = /usage (\d+) (\d+)\n/g;

/** The command as a process of its own, and what it needed. */
function checked(path: string): Checked {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", PROBE.href, SCRIPT, "targets", "check", path, ...OPTIONS],
    { encoding: "utf8", maxBuffer: 1 << 28 },
  );
  // A worker thread that ends by itself tells it, too.
  const usages = [...stderr.matchAll(USAGE)];
  const most = (part: number) => Math.max(...usages.map((usage) => Number(usage[part])));
  const text = stderr.replace(USAGE, "") + (status === 2 ? stdout : "");
  return { path, code: status, text, seconds: most(1) / 1e6, mib: most(2) / 1024 };
}

/** Many modules, checked by one process. It ends by itself when it has told of all. */
function checkedInTurn(paths: readonly string[]): readonly Checked[] {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [helper("checked_in_turn.mjs"), OPTIONS.join(" "), ...paths],
    { encoding: "utf8", maxBuffer: 1 << 28 },
  );
  const lines = stdout.split("\n").filter((line) => line !== "");
  expect([status, lines.length, stderr]).toEqual([0, paths.length, ""]);
  return lines.map((line) => JSON.parse(line));
}

const dearest = { seconds: 0, mib: 0 };
afterAll(() => {
  const { seconds, mib } = dearest;
  console.log(`at most ${seconds.toFixed(1)} s of CPU time and ${mib.toFixed(0)} MiB for a module`);
});

/** What is wrong with the answer to a module, which is remembered if it was the dearest. */
function faultsOfModule(answer: Checked): readonly string[] {
  dearest.seconds = Math.max(dearest.seconds, answer.seconds);
  dearest.mib = Math.max(dearest.mib, answer.mib);
  return faultsOf(answer);
}

/** What is wrong with an answer; nothing where it is right. */
function faultsOf({ code, text, seconds, mib }: Checked): readonly string[] {
  const isSentence = /^[^\n]+\n$/.test(text) && text.length < SENTENCE_MAX;
  return [
    code === 0 || code === 1 || code === 2 ? [] : `ends with ${code}: ${text.slice(0, 600)}`,
    code !== 2 || isSentence ? [] : `says more or less than a sentence: ${text.slice(0, 600)}`,
    /\n\s+at /.test(text) ? `shows a stack: ${text.slice(0, 600)}` : [],
    seconds < SECONDS_MAX ? [] : `took ${seconds} s of CPU time`,
    mib < MIB_MAX ? [] : `took ${mib} MiB`,
  ].flat();
}

function fileOf(name: string, bytes: Uint8Array): string {
  const path = join(folder, `${name}.wasm`);
  writeFileSync(path, bytes);
  return path;
}

const HOSTILE = [...hostileModules()];

it("the hostile modules are eighty or more", () => {
  expect(HOSTILE.length).toBeGreaterThanOrEqual(80);
});

describe.each(HOSTILE)("the hostile module with %s", (_, bytes) => {
  it("is refused in one sentence, or gets a result", () => {
    expect(faultsOfModule(checked(fileOf("module", bytes)))).toEqual([]);
  });
});

function mutationsAsked(): readonly [number, number] {
  const [, first, last] = /^(\d+)\.\.(\d+)$/.exec(process.env["SLABFUZZ_MUTATIONS"] ?? "") ?? [];
  return first === undefined ? [0, MUTATIONS - 1] : [Number(first), Number(last)];
}

it("a real module with changed bytes is refused in one sentence, or gets a result", () => {
  const [first, last] = mutationsAsked();
  const originals = REAL.map((target) => originalOf(loadForeign({ target })));
  const codes = new Map<number | null, number>();
  const faults: string[] = [];
  let batch: string[] = [];
  const checkBatch = () => {
    for (const answer of checkedInTurn(batch)) {
      codes.set(answer.code, (codes.get(answer.code) ?? 0) + 1);
      faults.push(...faultsOfModule(answer).map((fault) => `${answer.path}: ${fault}`));
    }
    for (const path of batch) rmSync(path);
    batch = [];
  };
  let number = 0;
  for (const bytes of mutatedModules(originals, last + 1, 1)) {
    if (number >= first) batch.push(fileOf(`mutation-${number}`, bytes));
    if (batch.length === BATCH || number === last) checkBatch();
    number++;
  }
  console.log(`mutations ${first} to ${last}: ${JSON.stringify([...codes])} (exit code, modules)`);
  expect(faults.slice(0, 20)).toEqual([]);
  // Refusing whatever was changed would show nothing of how modules are judged.
  const judged = (codes.get(0) ?? 0) + (codes.get(1) ?? 0);
  expect(judged).toBeGreaterThan((last + 1 - first) / 5);
});

describe("an answer that is at fault", () => {
  const right: Checked = { path: "x", code: 2, text: "x: no.\n", seconds: 1, mib: 100 };

  it("is none where all is well", () => {
    expect(faultsOf(right)).toEqual([]);
    expect(faultsOf({ ...right, code: 1, text: "" })).toEqual([]);
  });

  it.each([
    [{ code: 3 }, /^ends with 3/],
    [{ text: "x: no.\nx: really.\n" }, /^says more/],
    [{ text: "" }, /^says more or less/],
    [{ code: 0, text: "Error\n    at foo\n" }, /^shows a stack/],
    [{ seconds: SECONDS_MAX }, /^took/],
    [{ mib: MIB_MAX }, /^took/],
  ])("is seen: %j", (changes, fault) => {
    expect(faultsOf({ ...right, ...changes })).toEqual([expect.stringMatching(fault)]);
  });
});
