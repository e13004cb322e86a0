// Malformed input of every kind that slabfuzz reads: valid examples, changed at random from a seed.
// Whatever comes of it, an input is either right or refused in one sentence.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Prng } from "../../src/base/prng.ts";
import { journalPath, readJournal } from "../../src/campaign/journal.ts";
import { parseCostBaseline } from "../../src/checks/cost/baseline.ts";
import { parseBaseline, printBaseline } from "../../src/checks/gate/baseline.ts";
import { parseGolden } from "../../src/checks/gate/golden.ts";
import { parseEquivalents } from "../../src/checks/mutate/equivalents.ts";
import { MutationJournal } from "../../src/checks/mutate/journal.ts";
import { exitCodeOf } from "../../src/cli/program.ts";
import { parseForeign, printForeign } from "../../src/module/program/text.ts";
import { parseModuleToken } from "../../src/module/token.ts";
import { parseGeometryTable } from "../../src/slub/words/geometry.ts";
import { programOfScript } from "../../src/targets/targets.ts";
import { SourceMap } from "../../src/wasm/source_map.ts";
import { type CommandResult, slabfuzz } from "./command.ts";

/** One malformed input, and what was done with it. */
export interface Malformed {
  readonly kind: string;
  readonly input: string;
  /** The words of the command; undefined where a reader was called without one. */
  readonly words: readonly string[] | undefined;
  readonly result: CommandResult;
}

interface Kind {
  readonly examples: readonly string[];
  /** The command that reads an input, once it lies where the command looks for it. */
  readonly words?: (input: string, folder: string) => readonly string[];
  /** The reader, where its command would take long before and after. */
  readonly read?: (input: string, folder: string) => unknown;
}

const SCRIPT = `# boot: smp slub_debug=FZ,c
# profile: v6.1
# cpus: 3
# seed: 0x2a
# phys: 0x4000 4096
# config: +SLAB_FREELIST_RANDOM
# a note
cache c 64 8 FZM
allocn c 4 p
alloc c a z
write a+8 0 00ff
fill a 0 8 6b
wptr a 0 glob+8
free c p0
cpu 1
freen c 2 p
kmalloc 100 k
krealloc k 200 k2
kfree k2
region r 0xffffc90003fed0b0 168
listinit r+0x18
listadd a r+0x18
bulkfree c p3 null
xor a fp 01
validate c
destroy c
`;

const OTHER_SCRIPT = "cache d 4096 0 - ctor\nalloc d x\nread x 0 16\nksize null\nfree d x-1\n";

const MODULE_SCRIPT = `# target: tlsf
# exports: malloc=a,free=b
# bug: double-free
# a note
alloc b0 24 8
zalloc b1 3 8
resize b0 48
write b0 -4 8 255
cycle 64 100 1
free b0 # again
`;

const RECORD = JSON.stringify({
  format: "slabfuzz-program",
  version: 1,
  verdict: "ok",
  header: ["boot: up", "a note"],
  operations: [
    ["cache", "c", "64", "0", "-"],
    ["alloc", "c", "a"],
  ],
});

const CONFIG = JSON.stringify({
  target: "slub",
  profile: "v6.1",
  boot: "smp slab_nomerge",
  slubDebug: "FZP",
  cpus: 4,
  kconfig: "+SLAB_FREELIST_RANDOM",
  bugs: ["double-free", "off-by-one"],
  bugsPerCase: 2,
  without: ["rcu"],
  workload: ["lifo"],
  sizes: [64, 320],
  ops: 200,
  seed: "0x7",
  cases: 1000,
  time: "2m",
  timeout: "500ms",
  jobs: 2,
  failOn: "any",
  countAsNew: ["escaped"],
  targets: { mine: { file: "mine.wasm", malloc: "a", free: "b", align: 8 } },
  ci: { quick: true, time: "5s", costTolerance: 2.5, sections: ["fuzz"] },
  invariants: { poison: false, "red-zone": 4 },
});

const BASELINE = `# ours
signature: none|-|nowhere|invariant overlap at alloc
verdict: invariant
reason: is being rewritten
owner: alice
expires: 2027-03-01

signature: other
verdict: escaped
reason: x
owner: bob
expires: 2028-02-29
`;

const TOKENS = [
  "sf1:v6.1:up:FZP:1::slub:all:100:3:51:05981e47:928aeb94",
  "sf1:v6.12:smp:FZ%2Cc:16:%2BDEBUG_LIST:canary.poison-one-byte-long:double-free+leak-at-destroy:" +
    "20+size.64.320+rules.poison.off.red-zone.1:18446744073709551615:4294967295:0:1",
];

const MODULE_TOKEN = "sw1:node_modules/x/x.wasm:malloc%3DIa:none:2000+twins+size.8:7:1:01:45";

/** Options that take a value, and words that make the rest of their commands short. */
const OPTIONS: readonly (readonly string[])[] = [
  ...["--seed", "--cases", "--time", "--timeout", "--jobs", "--shard", "--fail-on"],
  ...["--count-as-new", "--invariants", "--profile", "--boot", "--slub-debug", "--cpus"],
  ...["--kconfig", "--bugs", "--bugs-per-case", "--without", "--workload", "--size", "--ops"],
  ...["--target", "--config"],
].map((option) => ["fuzz", "--no-config", "--print-config", `${option}=VALUE`]);

const MORE_OPTIONS: readonly (readonly string[])[] = [
  ...["--align", "--flags", "--profile", "--boot", "--slub-debug", "--cpus", "--kconfig"].map(
    (option) => ["geometry", "64", "--no-explain", `${option}=VALUE`],
  ),
  ["geometry", "VALUE"],
  ["VALUE"],
  ["help", "VALUE"],
  ["replay", "VALUE"],
  ...["--until", "--show", "--format", "--profile", "--boot", "--slub-debug", "--cpus"].map(
    (option) => ["replay", "SCRIPT", `${option}=VALUE`],
  ),
  ["shrink", "SCRIPT", "--effort=VALUE"],
  ["export", "SCRIPT", "--format=VALUE"],
  ...["--options", "--profile", "--boot", "--cpus", "--kconfig"].map((option) => [
    ...["matrix", "SCRIPT", "--options=F"],
    `${option}=VALUE`,
  ]),
  ...["--time", "--cases", "--live", "--size", "--workload", "--options", "--targets"].map(
    (option) => ["bench", "--profile=none", `${option}=VALUE`],
  ),
  ...["--cases", "--seed", "--bugs", "--ops", "--jobs", "--cpus"].map((option) => [
    ...["score", "--profile=none"],
    `${option}=VALUE`,
  ]),
  ...["--sections", "--time", "--timeout", "--jobs", "--cost-tolerance", "--expires"].map(
    (option) => ["ci", "--config=none.ts", `${option}=VALUE`],
  ),
  ["corpus", "add", "SCRIPT", "--corpus=FOLDER", "--name=VALUE"],
  ["corpus", "add", "SCRIPT", "--corpus=FOLDER", "--expect=VALUE"],
  ["mutate", "none.wasm", "--sample=VALUE"],
  ["mutate", "none.wasm", "--min-score=VALUE"],
  ["cost", "none.wasm", "--tolerance=VALUE"],
  ["targets", "inspect", "VALUE"],
  ["targets", "inspect", "none.wasm", "--exports=VALUE"],
];

const VALUES = [
  "30s",
  "100",
  "0x40",
  "2/4",
  "FZP",
  "FZ,kmalloc-64;U,c*",
  "double-free,off-by-one",
  "poison=off,red-zone=1",
  "smp slub_debug=F slab_nomerge",
  "v6.12",
  "malloc=a,free=b,align=8",
  "+SLAB_FREELIST_RANDOM -DEBUG_LIST",
  "64,320",
  "2027-03-01",
  "new",
  "mixed,lifo",
  "canary:poison-one-byte-long",
];

const KINDS: Readonly<Record<string, Kind>> = {
  "script, replayed": {
    examples: [SCRIPT, OTHER_SCRIPT],
    words: (input, folder) => ["replay", put(folder, "a.slab", input), "--json"],
  },
  "script, shown": {
    examples: [SCRIPT, OTHER_SCRIPT],
    words: (input, folder) => ["replay", put(folder, "a.slab", input)],
  },
  "script, exported": {
    examples: [SCRIPT, OTHER_SCRIPT],
    words: (input, folder) => ["export", put(folder, "a.slab", input), "--format", "c"],
  },
  "script, printed and read again": {
    examples: [SCRIPT, OTHER_SCRIPT],
    read: async (text) => {
      const { script } = await programOfScript({ name: "a", file: "a.slab", text });
      const again = await programOfScript({ name: "a", file: "a.slab", text: script });
      if (again.script !== script) throw new Error("another program was printed");
    },
  },
  "script of a module": {
    examples: [MODULE_SCRIPT, OTHER_SCRIPT],
    read: (input) => {
      const text = printForeign(parseForeign(input, "a.slab"));
      const again = printForeign(parseForeign(text, "a.slab"));
      if (again !== text) throw new Error("another program was printed");
    },
  },
  record: {
    examples: [RECORD],
    words: (input, folder) => ["replay", put(folder, "a.json", input), "--json"],
  },
  token: { examples: TOKENS, words: (input) => ["replay", input] },
  "token of a module": { examples: [MODULE_TOKEN, ...TOKENS], read: parseModuleToken },
  finding: {
    examples: ['{"target":"slub","invariants":"poison=off"}', '{"target":"canary:x"}'],
    words: (input, folder) => {
      put(folder, "program.slab", OTHER_SCRIPT);
      put(folder, "finding.json", input);
      return ["replay", folder];
    },
  },
  config: {
    examples: [CONFIG],
    words: (input, folder) => {
      return ["fuzz", "--print-config", "--config", put(folder, "c.json", input)];
    },
  },
  corpus: {
    examples: [`# expect: detected\n# signature: a|b|c|d\n# digest: 0123\n${SCRIPT}`],
    words: (input, folder) => {
      put(folder, "c.slab", input);
      return ["corpus", "list", "--no-config", "--corpus", folder];
    },
  },
  baseline: {
    examples: [BASELINE],
    read: (input) => printBaseline(parseBaseline(input, "slabfuzz.baseline")),
  },
  "geometry table": {
    examples: ["# rows\nobject_size\talign\tflags\tctor\n64\t0\tFZ\t0\n4096\t64\t-\t1\n"],
    read: (input) => parseGeometryTable(input, "stdin"),
  },
  "golden digests": {
    examples: ['{"version":1,"digests":{"a b":"0123456789abcdef","c":"fedcba9876543210"}}'],
    read: (input) => parseGolden(input, "golden.json"),
  },
  "cost baseline": {
    examples: ['{"version":1,"columns":[],"rows":{"v6.1 up - 320":[1,2,3,4,5,6]}}'],
    read: (input) => parseCostBaseline(input, "cost.json"),
  },
  equivalents: {
    examples: ['{"version":1,"groups":[{"reason":"none","mutants":["a","b"]}]}'],
    read: (input) => parseEquivalents(input, "mutants.json"),
  },
  "bench result": {
    examples: [
      '{"format":1,"groups":[{"name":"g","rows":[{"name":"r","sittings":[1.5,2,3]}]}],"x":1}',
    ],
    words: (input, folder) => {
      return ["bench", "--compare", put(folder, "b.json", input), "--options=F", "--baseline=Z"];
    },
  },
  "source map": {
    examples: ['{"version":3,"sources":["a.ts"],"mappings":"AAAA,CCAD","sourcesContent":["a"]}'],
    read: (input) => {
      const map = new SourceMap(input, "x.wasm.map");
      for (let offset = 0; offset < 8; offset++) {
        const place = map.locate(offset);
        if (place !== undefined) map.lineText(place);
      }
    },
  },
  "campaign journal": {
    examples: [
      '933f6d47 {"journal":1,"campaign":"sf1:v6.1:up:FZP:1::slub:all:100:3:0:05981e47:-",' +
        '"driver":"07e1f56f","cases":60,"shard":"1/1","ms":null,"merged":false}\n' +
        '6286b2a0 {"ranges":[[0,60]],"ms":1017,"tally":{"cases":60}}\n',
    ],
    read: (input, folder) => {
      writeFileSync(journalPath(folder), input);
      readJournal(folder);
    },
  },
  "mutation journal": {
    examples: [
      '{"target":"slub","module":"m","programs":"p"}\n' +
        '{"id":"a","state":"killed","programs":3,"ms":4}\n',
    ],
    read: (input, folder) => {
      put(folder, "mutants.jsonl", input);
      MutationJournal.resume(folder, { target: "slub", module: "m", programs: "p" });
    },
  },
  option: {
    examples: VALUES,
    words: (input, folder) => {
      // The first letters of an input choose the option, so that an input tells all.
      const all = [...OPTIONS, ...MORE_OPTIONS];
      const words = all[(input.length * 31 + (input.charCodeAt(0) || 0)) % all.length];
      const script = put(folder, "o.slab", OTHER_SCRIPT);
      return words.map((word) => {
        if (word === "SCRIPT") return script;
        if (word === "--corpus=FOLDER") return `--corpus=${folder}`;
        // A lone `-` is stdin, and belongs to whoever runs the test.
        return word.replace("VALUE", () => (input === "-" ? "--" : input.replaceAll("\0", "")));
      });
    },
  },
};

export const MALFORMED_KINDS = Object.keys(KINDS);

function put(folder: string, name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const NASTY_TEXT = [
  ..."\0\r\n\t\x1b\x7f\x85\u2028\u202e\ufeff\ud800",
  ..." #:;,=+-|/\\\"'`{}[]()%$",
  ...["", "-1", "0", "4294967296", "18446744073709551616", "9".repeat(400), "1e999", "NaN"],
  ...["0x", "0xffffffffffffffff", "-0", "1.5", "__proto__", "constructor", "toString", "null"],
  ...["::error title=a::b", "##[error]", "# boot: v310", "# target: x.wasm", "x".repeat(5000)],
  ...["../../x", "glob+4096", "0xffff888003fed157", "%", "%00", "\u00a0", "é", "\r\n", "1h", "300"],
];

const NASTY_JSON: readonly unknown[] = [
  ...[null, true, false, 0, -1, 1.5, 2 ** 53, 4294967296, "", [], {}, "\0", "\ud800", "a\nb"],
  ...[{ toString: 1 }, { length: 3 }, [[[[]]]], [null], ["x", 1], "9".repeat(400), "\u202e"],
  ...[JSON.parse('{"__proto__":{"x":1}}'), { constructor: { prototype: 1 } }, "__proto__"],
];

class Mutator {
  readonly #prng: Prng;

  constructor(prng: Prng) {
    this.#prng = prng;
  }

  /** An example with one to four changes; now and then as it is. */
  change(example: string, others: readonly string[]): string {
    const isJson = example.startsWith("{") && !example.includes("\n");
    if (isJson && this.#below(2) === 0) return this.#changeJson(example);
    let text = example;
    for (let left = this.#below(5); left > 0; left--) text = this.#changeText(text, others);
    return text;
  }

  #changeText(text: string, others: readonly string[]): string {
    const at = this.#below(text.length + 1);
    const end = Math.min(text.length, at + 1 + this.#below(12));
    const cut = text.slice(0, at) + text.slice(end);
    switch (this.#below(9)) {
      case 0:
        return cut;
      case 1:
        return text.slice(0, end) + text.slice(at);
      case 2:
        return text.slice(0, at) + this.#one(NASTY_TEXT) + text.slice(at);
      case 3:
        return text.slice(0, at) + this.#one(NASTY_TEXT) + text.slice(end);
      case 4:
        return text.slice(0, at) + String.fromCharCode(this.#below(256)) + text.slice(at + 1);
      case 5: {
        const other = this.#one(others);
        return text.slice(0, at) + other.slice(this.#below(other.length + 1));
      }
      case 6:
        return text.slice(0, at);
      case 7:
        return this.#changeWord(text);
      default: {
        const span = text.slice(at, end);
        return text.slice(0, at) + span.repeat(1 + this.#below(300)) + text.slice(end);
      }
    }
  }

  /** A word becomes another of the text, or a nasty one; two lines change places. */
  #changeWord(text: string): string {
    const words = text.split(/(\s+|[:;,=+])/);
    const at = this.#below(words.length);
    words[at] = this.#below(2) === 0 ? this.#one(NASTY_TEXT) : this.#one(words);
    return words.join("");
  }

  /** A value somewhere in it becomes a nasty one. */
  #changeJson(text: string): string {
    const root: unknown = JSON.parse(text);
    let place = root as Record<string, unknown>;
    for (;;) {
      const key = this.#one([...Object.keys(place), "x"]);
      const value = place[key];
      const isDeep = typeof value === "object" && value !== null && this.#below(3) > 0;
      if (isDeep && Object.keys(value).length > 0) {
        place = value as Record<string, unknown>;
        continue;
      }
      if (this.#below(6) === 0) delete place[key];
      else place[key] = this.#one(NASTY_JSON);
      const changed = JSON.stringify(root);
      return this.#below(8) === 0 ? changed.replace(/-?\d+/, "1e999") : changed;
    }
  }

  #one<T>(items: readonly T[]): T {
    return items[this.#below(items.length)];
  }

  #below(count: number): number {
    return this.#prng.below(count);
  }
}

/** Inputs of a kind, the same ones for the same seed. */
export function* malformedInputs(kind: string, seed: number, count: number): Generator<string> {
  const { examples } = KINDS[kind];
  const mutator = new Mutator(new Prng({ high: seed, low: MALFORMED_KINDS.indexOf(kind) }, 0));
  for (let i = 0; i < count; i++) yield mutator.change(examples[i % examples.length], examples);
}

/** Has inputs read, each as its command or its reader does. */
export async function* readMalformed(
  kind: string,
  inputs: Iterable<string>,
): AsyncGenerator<Malformed> {
  const { words, read } = KINDS[kind];
  const folder = mkdtempSync(join(tmpdir(), "slabfuzz-malformed-"));
  mkdirSync(folder, { recursive: true });
  try {
    for (const input of inputs) {
      const command = words?.(input, folder);
      const result = command
        ? await slabfuzz(...command)
        : await resultOf(() => read?.(input, folder));
      yield { kind, input, words: command, result };
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What the command would say and end with. */
async function resultOf(work: () => unknown): Promise<CommandResult> {
  let error = "";
  try {
    await work();
    return { code: 0, out: "", error };
  } catch (thrown) {
    const collect = (text: string) => {
      error += text;
    };
    return { code: exitCodeOf(thrown, { out: collect, error: collect }), out: "", error };
  }
}

const SENTENCE_MAX = 1600;

/** What is wrong with an answer; undefined where it is right, or a refusal in one sentence. */
export function faultOf({ result }: Malformed): string | undefined {
  const { code = 0, out, error } = result;
  if (/[^\n\t\P{C}]/u.test(out + error)) return "prints what nobody sees";
  if (/^\s*(::|##\w*\[)/m.test(out + error)) return "prints a command of a log";
  if (code === 0 || code === 1) return undefined;
  if (code !== 2) return `ends with ${code}`;
  if (!/^[^\n]+\n$/.test(error)) return "says more or less than a sentence";
  if (error.length > SENTENCE_MAX) return "says too much";
  return undefined;
}

/** What somebody needs to see it again. */
export function malformedText(fault: string, { kind, input, words, result }: Malformed): string {
  const shown = JSON.stringify(input).slice(0, 600);
  const command = words === undefined ? "" : ` by ${words.join(" ").slice(0, 200)}`;
  return `${kind}: ${fault}: ${shown}${command}: ${result.error.slice(0, 800)}`;
}
