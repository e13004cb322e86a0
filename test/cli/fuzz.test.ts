// slabfuzz fuzz, run as a command: its output, its files and its exit code.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { BUG_NAMES } from "../../src/target/bug_names.ts";
import { type CommandResult, slabfuzz } from "../helper/command.ts";
import { COMMON_BUGS } from "../helper/judge.ts";

let folder: string;
let out: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slabfuzz-fuzz-"));
  out = join(folder, "findings");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The folders of findings. */
function foldersIn(path: string): string[] {
  const entries = readdirSync(path, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

function fuzz(...words: string[]): Promise<CommandResult> {
  return slabfuzz("fuzz", "--out", out, ...words);
}

const SMALL = ["--seed", "7", "--cases", "100", "--ops", "50", "--slub-debug", "FZP"];
/** Has a handful of findings where SMALL has fifty, each of which is shrunk. */
const TINY = [...SMALL, "--bugs", "off-by-one", "--cases", "40"];

/** What several tests look at is run once. */
let small: {
  readonly stored: string;
  /** SMALL. */
  readonly text: CommandResult;
  /** TINY, with --json. */
  readonly json: CommandResult;
  /** TINY with --fail-on any, within no time at all. */
  readonly timeless: CommandResult;
};

beforeAll(async () => {
  const stored = mkdtempSync(join(tmpdir(), "slabfuzz-fuzz-"));
  const text = await slabfuzz("fuzz", "--out", join(stored, "text"), ...SMALL);
  const json = await slabfuzz("fuzz", "--out", join(stored, "json"), ...TINY, "--json");
  small = { stored, text, json, timeless: await timelessRun(join(stored, "timeless")) };
});

/** However slow the machine is, no second passes for the command. */
async function timelessRun(path: string): Promise<CommandResult> {
  const clock = vi.spyOn(performance, "now").mockReturnValue(performance.now());
  try {
    return await slabfuzz("fuzz", "--out", path, ...TINY, "--fail-on", "any");
  } finally {
    clock.mockRestore();
  }
}

afterAll(() => rmSync(small.stored, { recursive: true, force: true }));

describe("a campaign", () => {
  it("explains three findings, stores all of them, and ends with 0", () => {
    const { code, out: text } = small.text;
    const tokens = [...text.matchAll(/slabfuzz replay (\S+)/g)].map(([, token]) => token);
    const [, more] = /\n(\d+) more findings: in \S+, and --list-all lists them\n/.exec(text) ?? [];
    expect(tokens.length).toBe(3); // as the help says
    expect(tokens.length + Number(more)).toBe(foldersIn(join(small.stored, "text")).length);
    expect(code).toBe(0);
  });

  it("has verdicts of every bug class in its summary", () => {
    const summary = readFileSync(join(small.stored, "text", "summary.json"), "utf8");
    expect(Object.keys(JSON.parse(summary).verdicts).sort()).toEqual([...COMMON_BUGS].sort());
  });

  it("prints its seed first and its repeat command last", () => {
    const { out: text } = small.text;
    const lines = text.trimEnd().split("\n");
    expect(lines[0]).toMatch(/^slabfuzz \S+: fuzz slub, seed 7, v6\.1, boot up slub_debug=FZP, /);
    expect(lines.at(-1)).toBe(
      "repeat: slabfuzz fuzz --slub-debug FZP --bugs all --ops 50 --seed 7 --cases 100",
    );
  });

  it("draws a seed if it is given none, and prints it", async () => {
    const one = await fuzz("--cases", "1");
    const other = await fuzz("--cases", "1");
    const seedOf = ({ out: text }: CommandResult) => /seed (\d+),/.exec(text)?.[1];
    expect(seedOf(one)).toMatch(/^\d+$/);
    expect(seedOf(one)).not.toBe(seedOf(other));
  });

  it("of clean programs finds no bug, and stores only its own summary", async () => {
    const { code, out: text } = await fuzz("--bugs", "none", "--cases", "200", "--seed", "1");
    expect(text).toContain("no findings");
    expect(readdirSync(out).sort()).toEqual(["campaign.journal", "summary.json"]);
    expect(code).toBe(0);
  });

  it("prints no progress within its first ten seconds where no terminal is", () => {
    expect(small.timeless.error).toBe("");
  });
});

describe("slabfuzz fuzz --json", () => {
  it("prints every field that scripts rely on, and no other text on stdout", () => {
    const { out: text, error } = small.json;
    const record = JSON.parse(text);
    expect(record.digest).toMatch(/^[0-9a-f]{16}$/);
    expect([record.cases, record.seed]).toEqual([40, "7"]);
    expect(record.operations).toBeGreaterThan(40 * 10);
    expect(record.seconds).toBeGreaterThan(0);
    expect(Object.keys(record.verdicts)).toEqual(["off-by-one"]);
    const [finding] = record.findings;
    expect(Object.keys(finding)).toEqual(
      expect.arrayContaining([
        "signature",
        "verdict",
        "class",
        "impact",
        "count",
        "folder",
        "token",
      ]),
    );
    expect(existsSync(join(finding.folder, "program.slab"))).toBe(true);
    expect(error).toMatch(/^slabfuzz .*\nrepeat: /);
  });

  it("gives the same digest for the same seed", () => {
    expect(small.timeless.out).toContain(`digest ${JSON.parse(small.json.out).digest}`);
  });
});

describe("the folder of a finding", () => {
  it("replays to the finding's own verdict, from the folder and from the token", async () => {
    for (const finding of JSON.parse(small.json.out).findings.slice(0, 8)) {
      for (const source of [finding.folder, finding.token]) {
        const replayed = JSON.parse((await slabfuzz("replay", source, "--json")).out);
        expect([replayed.verdict, replayed.signature]).toEqual([
          finding.verdict,
          finding.signature,
        ]);
      }
    }
  });

  it("has a record, the program, a report and a replay line", () => {
    const stored = join(small.stored, "json");
    const path = join(stored, foldersIn(stored)[0]);
    expect(readdirSync(path).sort()).toEqual([
      "finding.json",
      "program.slab",
      "replay.txt",
      "report.txt",
      "shrunk.slab",
    ]);
    const record = JSON.parse(readFileSync(join(path, "finding.json"), "utf8"));
    const report = readFileSync(join(path, "report.txt"), "utf8");
    expect(
      report.startsWith(`signature: ${record.signature}\nverdict:   ${record.verdict}\n`),
    ).toBe(true);
    expect(report).toContain("is a mistake: off-by-one");
    expect(readFileSync(join(path, "replay.txt"), "utf8")).toBe(
      `slabfuzz replay ${record.token}\n`,
    );
  });
});

describe("the exit code of slabfuzz fuzz", () => {
  it("is 1 for any finding with --fail-on any", () => {
    expect(small.timeless.code).toBe(1);
  });

  const canary = ["--target", "canary:inuse-not-decremented", "--bugs", "none", "--cases", "50"];

  it("is 1 for a broken allocator", async () => {
    expect((await fuzz(...canary, "--seed", "1")).code).toBe(1);
  });

  it("is 0 with --fail-on none, whatever was found", async () => {
    expect((await fuzz(...canary, "--seed", "1", "--fail-on", "none")).code).toBe(0);
  });
});

describe("a wrong request to slabfuzz fuzz", () => {
  const wrong: readonly (readonly [string, readonly string[], RegExp])[] = [
    ["a bug class", ["--bugs", "sloppiness"], /unknown bug class "sloppiness"/],
    ["a target", ["--target", "slob"], /unknown target "slob"/],
    ["a canary", ["--target", "canary:yellow"], /unknown target "canary:yellow"/],
    ["a letter", ["--slub-debug", "FQ"], /no debug option has the letter Q/],
    ["a time", ["--time", "soon"], /such as 30s/],
    ["a number of cases", ["--cases", "0"], /must be a whole number from 1 to 4294967296/],
    ["a seed", ["--seed", "x"], /number of up to 64 bits/],
    ["a length", ["--ops", "1000000"], /must be a whole number from 1 to 20000/],
    ["a profile", ["--profile", "v9"], /v9/],
  ];

  it.each(wrong)(
    "ends with 2 and one sentence, and writes no file: %s",
    async (_, words, message) => {
      const { code, out: text, error } = await fuzz("--cases", "1", ...words);
      expect([code, text]).toEqual([2, ""]);
      expect(error).toMatch(message);
      expect(error.trimEnd().split("\n")).toHaveLength(1);
      expect(existsSync(out)).toBe(false);
    },
  );

  it("ends with 2 and one sentence when its output folder is a file", async () => {
    writeFileSync(out, "");
    const { code, out: text, error } = await fuzz("--cases", "1");
    expect([code, text]).toEqual([2, ""]);
    expect(error).toMatch(/findings: cannot store findings there \(it is no folder\)\n$/);
  });
});

it("the help of slabfuzz fuzz names every bug class", async () => {
  const { out: text, code } = await slabfuzz("fuzz", "--help");
  for (const name of BUG_NAMES) expect(text).toContain(`  ${name} `);
  expect(code).toBe(0);
});
