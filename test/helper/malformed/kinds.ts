// What slabfuzz reads: each kind with valid examples, and with what reads it.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { journalPath, readJournal } from "../../../src/campaign/journal.ts";
import { parseCostBaseline } from "../../../src/checks/cost/baseline.ts";
import { parseBaseline, printBaseline } from "../../../src/checks/gate/baseline.ts";
import { parseGolden } from "../../../src/checks/gate/golden.ts";
import { parseEquivalents } from "../../../src/checks/mutate/equivalents.ts";
import { MutationJournal } from "../../../src/checks/mutate/journal.ts";
import { parseForeign, printForeign } from "../../../src/module/program/text.ts";
import { parseModuleToken } from "../../../src/module/token.ts";
import { parseGeometryTable } from "../../../src/slub/words/geometry.ts";
import { programOfScript } from "../../../src/targets/targets.ts";
import { SourceMap } from "../../../src/wasm/source_map.ts";
import {
  BASELINE,
  CONFIG,
  MODULE_SCRIPT,
  MODULE_TOKEN,
  OTHER_SCRIPT,
  RECORD,
  SCRIPT,
  TOKENS,
} from "./examples.ts";
import { VALUES, wordsWithValue } from "./option_values.ts";

export interface Kind {
  readonly examples: readonly string[];
  /** The command that reads an input, once it lies where the command looks for it. */
  readonly words?: (input: string, folder: string) => readonly string[];
  /** The reader, where its command would take long before and after. */
  readonly read?: (input: string, folder: string) => unknown;
}

export const KINDS: Readonly<Record<string, Kind>> = {
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
    words: (input, folder) => wordsWithValue(input, put(folder, "o.slab", OTHER_SCRIPT), folder),
  },
};

function put(folder: string, name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}
