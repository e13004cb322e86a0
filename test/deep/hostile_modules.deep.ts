// Hostile modules, and real ones with bytes changed at random: each is refused in one sentence with
// exit code 2, or gets a result. No stack is shown, no command takes long, none needs much memory.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { loadForeign } from "../../src/module/load/load.ts";
import { hostileModules, mutatedModules } from "../helper/hostile_modules.ts";

const MUTATIONS = 2000;
const SECONDS_MAX = 10;
const MIB_MAX = 512;
const SENTENCE_MAX = 1600;

const REAL = [
  "node_modules/lz4-wasm-nodejs/lz4_wasm_nodejs_bg.wasm",
  "web-tree-sitter",
  "@sqlite.org/sqlite-wasm",
  "argon2-browser",
];

const folder = mkdtempSync(join(tmpdir(), "slabfuzz-hostile-"));
afterAll(() => rmSync(folder, { recursive: true }));

interface Checked {
  readonly code: number | null;
  readonly text: string;
  readonly seconds: number;
  readonly mib: number;
}

const SCRIPT = join(import.meta.dirname, "..", "..", "bin", "slabfuzz.js");
const PROBE = pathToFileURL(join(import.meta.dirname, "..", "helper", "usage_probe.mjs"));

const USAGE = /usage (\d+) (\d+)\n/g;

/** The command as a process of its own, and what it needed. */
function checked(path: string): Checked {
  const words = ["targets", "check", path, "--seed", "3", "--time", "200ms", "--json"];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", PROBE.href, SCRIPT, ...words],
    { encoding: "utf8", maxBuffer: 1 << 28 },
  );
  // A worker thread that ends by itself tells it, too.
  const usages = [...stderr.matchAll(USAGE)];
  const most = (part: number) => Math.max(...usages.map((usage) => Number(usage[part])));
  const text = stderr.replace(USAGE, "") + (status === 2 ? stdout : "");
  return { code: status, text, seconds: most(1) / 1e6, mib: most(2) / 1024 };
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

function faultsOfModule(name: string, bytes: Uint8Array): readonly string[] {
  const path = join(folder, "module.wasm");
  writeFileSync(path, bytes);
  return faultsOf(checked(path)).map((fault) => `${name}: ${fault}`);
}

describe.each([...hostileModules()])("the hostile module with %s", (name, bytes) => {
  it("is refused in one sentence, or gets a result", () => {
    expect(faultsOfModule(name, bytes)).toEqual([]);
  });
});

it("a real module with changed bytes is refused in one sentence, or gets a result", () => {
  const originals = REAL.map((target) => readFileSync(loadForeign({ target }).path));
  const faults: string[] = [];
  let number = 0;
  for (const bytes of mutatedModules(originals, MUTATIONS, 1)) {
    faults.push(...faultsOfModule(`mutation ${number++}`, bytes));
  }
  expect(faults.slice(0, 20)).toEqual([]);
});
