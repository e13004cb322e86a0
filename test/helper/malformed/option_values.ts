// Values of options: every option that takes one, in a command that is short with it.
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

export const VALUES = [
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

/**
 * A command with this value. The first letters of the value choose the option, so that a value
 * tells all.
 */
export function wordsWithValue(value: string, script: string, folder: string): readonly string[] {
  const all = [...OPTIONS, ...MORE_OPTIONS];
  const words = all[(value.length * 31 + (value.charCodeAt(0) || 0)) % all.length];
  return words.map((word) => {
    if (word === "SCRIPT") return script;
    if (word === "--corpus=FOLDER") return `--corpus=${folder}`;
    // A lone `-` is stdin, and belongs to whoever runs the test.
    return word.replace("VALUE", () => (value === "-" ? "--" : value.replaceAll("\0", "")));
  });
}
