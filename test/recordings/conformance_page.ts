// docs/conformance.md: which comparisons with real kernels were made, and their results.
import { VERDICTS } from "../../src/target/verdict.ts";
import { type RecordedRun, readRuns } from "../../tools/kernel/record.ts";
import { PARAMETER_SETS, VERDICT_LETTERS } from "../../tools/kernel/setups.ts";
import { readVerdicts, type VerdictCount } from "../../tools/kernel/verdict_tally.ts";
import { KUNIT_CASES, type KunitCase, RESILIENCY_STEPS, variantsOf } from "../kunit/cases.ts";
import { runCase } from "../kunit/runner.ts";
import { KERNELS, type KernelName } from "./archive.ts";
import { GEOMETRY_TABLES, type MeasuredTable, measureTable } from "./geometry_tables.ts";
import { excusedShare, type KernelCount, sum } from "./measure.ts";

const INTRODUCTION = `# Conformance

This page is generated (\`npx tsx test/recordings/conformance.ts\`), and a test fails when it is not
what the tests find. It says what of the simulator has been held against real kernels, how, and what
has not.

The kernels: RHEL 7.3's 3.10.0-514, and 6.1.192, 6.12.117 and 7.3.4 as Debian ships them. The
kernels between 6.12 and 7.3 are not modelled. What they would need beside 7.3's columns: 6.18 has
sheaves only in caches that ask for them, and cpu slabs in all others; 7.0 to 7.2 have sheaves
everywhere, but take slabs off the partial list in another order, and put what is left of them at
its other end. Neither was recorded.`;

const RULES: Readonly<Record<number, string>> = {
  1: "`{rnd}` in a recording stands for a random text; the result of `info` is passed over",
  2: "6.x, 7.3: what a script with a `k...` operation shares with the running kernel",
  3: "6.x, 7.3: a cache that merged into one that the kernel itself uses ends the comparison",
  4: "kernel addresses in what `read` shows need only lie in the same window",
  5: "a slab pointer that was overwritten in part shows where the slab lay",
  6: "3.10: TRACE lines of other caches; raw addresses need only lie in the same window",
  7: "lines that begin `debugfs:`",
};

const NO_RUN = "No run is recorded.";

const NOT_MODELLED: readonly (readonly [string, string])[] = [
  ["KASAN, KMSAN, KFENCE", "they change what a bug does; kernels with them answer other questions"],
  ["memory cgroups", "accounting changes no object; 3.10's MEMCG_KMEM is there, switched off"],
  ["NUMA", "one node: no lists of other nodes, no `node_match`"],
  ["real concurrency", "`cpu N` switches between operations, so that nothing ever races"],
  ["random kmalloc caches (6.6)", "off in the recorded kernels"],
  ["SLUB_TINY, SLAB_BUCKETS", "off in the recorded kernels"],
  ["init_on_alloc, init_on_free", "off in the recorded kernels"],
  [
    "the time that kfree_rcu takes",
    "7.3: what it freed is free at the next `rcubarrier` or `kvfreebarrier`, and not before",
  ],
  ["sysfs and debugfs", "no files; `validate`, `shrink`, `state` and `list` are operations"],
  ["reclaim", "where simulated memory is used up, an allocation fails at once"],
  ["stack traces, registers, times, pids", "a simulator has none; `age=` and `pid=` are made up"],
  ["other architectures, KASLR, 5-level paging", "the addresses are those of x86-64 without them"],
];

/** The page, from what replaying every recording gave. */
export function conformancePage(counts: readonly KernelCount[]): string {
  const sections = [
    INTRODUCTION,
    recordingsSection(counts),
    familiesSection(counts),
    rulesSection(counts),
    geometrySection(),
    kunitSection(),
    liveSection(readRuns()),
    verdictSection(readVerdicts()),
    notModelledSection(),
  ];
  return `${sections.join("\n\n")}\n`;
}

function recordingsSection(counts: readonly KernelCount[]): string {
  const rows = counts.map(({ kernel, recordings, differing, operations, lines }) => [
    kernel,
    passed(recordings - differing.length, recordings),
    `${operations}`,
    `${lines}`,
  ]);
  return [
    "## Recordings",
    "",
    "A recording is a script and what a kernel said to it, operation by operation. Each is",
    "replayed and compared line by line. Reproduce:",
    "`npx tsx test/recordings/survey.ts KERNEL`.",
    "",
    ...table(["kernel", "identical", "operations", "lines compared"], rows),
  ].join("\n");
}

function familiesSection(counts: readonly KernelCount[]): string {
  const columns = counts.flatMap(({ kernel }) =>
    variantsOf(kernel).map((variant) => ({ kernel, variant })),
  );
  const names = new Set(counts.flatMap(({ families }) => families.map(({ family }) => family)));
  const rows = [...names]
    .sort()
    .map((family) => [
      family,
      ...columns.map((column) => familyCell(counts, { ...column, family })),
    ]);
  return [
    "## Families and variants",
    "",
    "How many recordings of a family (one kind of bug, under one set of options after the other)",
    "replay identically; `n of m` where not all do. Reproduce a row with",
    "`npx tsx test/recordings/survey.ts KERNEL '^FAMILY[.]'`, the row of traces (random",
    "programs) with `'^t[0-9]'`, and see a difference with `--diff NAME`.",
    "",
    ...table(["family", ...columns.map(({ kernel, variant }) => `${kernel} ${variant}`)], rows),
  ].join("\n");
}

interface Cell {
  readonly kernel: KernelName;
  readonly variant: string;
  readonly family: string;
}

function familyCell(counts: readonly KernelCount[], { kernel, variant, family }: Cell): string {
  const count = counts
    .find((one) => one.kernel === kernel)
    ?.families.find((one) => one.family === family && one.variant === variant);
  if (count === undefined) return "";
  return count.identical === count.all ? `${count.all}` : passed(count.identical, count.all);
}

function rulesSection(counts: readonly KernelCount[]): string {
  const rows = Object.entries(RULES).map(([rule, text]) => [
    rule,
    text,
    ...counts.map(({ excused }) => `${excused.get(Number(rule) as 1) ?? 0}`),
  ]);
  const moved = ["", "moved", ...counts.map((count) => `${count.moved}`)];
  const shares = ["", "**share of all lines**", ...counts.map((one) => share([one]))];
  return [
    "## Lines that needed a rule",
    "",
    "A recording shows a machine on which more lived than the script. The rules of",
    "`test/recordings/compare_rules.ts` say where a replay may differ for that; this is how many",
    "lines did differ. *Moved* lines are the same to the letter but for the place of a kmalloc",
    "object, among those that the running kernel holds.",
    "",
    ...table(["rule", "", ...counts.map(({ kernel }) => kernel)], [...rows, moved, shares]),
    "",
    `Over all kernels: ${share(counts)}, and ${movedShare(counts)} moved. A test fails where`,
    "more than 0.5 % needed a rule.",
  ].join("\n");
}

function geometrySection(): string {
  const rows = GEOMETRY_TABLES.map((one) => {
    const measured: MeasuredTable = measureTable(one);
    const identical = passed(measured.rows - measured.differing.length, measured.rows);
    return [one.kernel, one.boot, `${one.cpus}`, identical];
  });
  return [
    "## Geometry",
    "",
    "Rows of object size, alignment, flags and constructor against size, offsets, order, objects",
    "and limits. Reproduce: `npx vitest run test/recordings/geometry.test.ts`, or one row with",
    "`npx slabfuzz geometry SIZE --flags FZPU --boot VARIANT --cpus N --profile KERNEL`.",
    "",
    ...table(["kernel", "variant", "CPUs", "identical rows"], rows),
  ].join("\n");
}

function kunitSection(): string {
  const rows = [...KUNIT_CASES, ...RESILIENCY_STEPS].map((one) => [
    one.name,
    one.since,
    one.checks.map(({ errors, because }) => `${errors}: ${because}`).join("; "),
    ...KERNELS.map((kernel) => kunitCell(one, kernel)),
  ]);
  return [
    "## The kernel's own unit tests",
    "",
    "The cases of slub_kunit with the number of errors that the kernel counts at each check, and",
    "the steps of 3.10's self test at boot. 3.10 has no counter: it is asked the same, and what it",
    "prints is counted. A cell says in how many variants the numbers are right, or why a kernel is",
    "not asked. Reproduce: `npx vitest run test/kunit`.",
    "",
    ...table(["case", "since", "errors", ...KERNELS], rows),
  ].join("\n");
}

function kunitCell(one: KunitCase, kernel: KernelName): string {
  const absent = one.absent[kernel];
  if (absent !== undefined) return absent;
  const expected = one.checks.map(({ errors }) => errors).join();
  const variants = variantsOf(kernel);
  const right = variants.filter(
    (variant) => runCase(one, kernel, variant).checks.join() === expected,
  );
  return passed(right.length, variants.length);
}

function liveSection(runs: readonly RecordedRun[]): string {
  return [
    "## Random programs on live kernels",
    "",
    "`npm run test:kernel` generates random programs from a seed, runs each on a real kernel and",
    "on the simulator, and compares them under the same rules. It needs QEMU and kernel images.",
    "A seed's programs go round through all variants of both kernels, each booted with",
    `${PARAMETER_SETS.map((set) => (set === "" ? "no parameter" : `\`${set}\``)).join(", ")};`,
    "within a program each cache has letters of its own. Runs that were recorded",
    "(`tools/kernel/runs.json`):",
    "",
    ...(runs.length === 0 ? [NO_RUN] : liveTables(runs)),
  ].join("\n");
}

/** The same programs twice: by seed, with the command that runs them again, and by build. */
function liveTables(runs: readonly RecordedRun[]): string[] {
  const bySeed = grouped(runs, ({ seed }) => `${seed}`);
  const byBuild = grouped(runs, ({ kernel, variant }) => `${kernel} | ${variant}`);
  const command = (seed: string, programs: string) =>
    `\`npm run test:kernel -- --seed ${seed} --programs ${programs}\``;
  return [
    ...table(
      ["seed", "programs", "differences", "reproduce"],
      bySeed.map(([seed, programs, differences]) => [
        seed,
        programs,
        differences,
        command(seed, programs),
      ]),
    ),
    "",
    ...table(["kernel", "variant", "programs", "differences"], byBuild),
    "",
    `${sum(runs.map(({ programs }) => programs))} programs in all.`,
  ];
}

/** What the runs of each group come to: its name, programs, differences. */
function grouped(
  runs: readonly RecordedRun[],
  nameOf: (run: RecordedRun) => string,
): (readonly [string, string, string])[] {
  return [...new Set(runs.map(nameOf))].map((name) => {
    const own = runs.filter((run) => nameOf(run) === name);
    const programs = sum(own.map((run) => run.programs));
    return [name, `${programs}`, `${sum(own.map(({ differences }) => differences))}`];
  });
}

function verdictSection(counts: readonly VerdictCount[]): string {
  const met = VERDICTS.filter((verdict) => counts.some((one) => one.verdicts[verdict] > 0));
  const rows = [...counts]
    .sort((a, b) => orderOf(a) - orderOf(b))
    .map((count) => {
      const { kernel, parameters, seed, programs, equal, different, random } = count;
      const numbers = [programs, equal, different, random].map(String);
      const ofEach = met.map((verdict) => `${count.verdicts[verdict] ?? 0}`);
      return [kernel, `\`${parameters}\``, `${seed}`, ...numbers, ...ofEach];
    });
  const titles = ["kernel", "options", "seed", "programs", "equal", "different", "random"];
  return [
    "## Verdicts by the text of live kernels",
    "",
    "`npm run test:kernel -- --verdicts --programs 500` takes generated programs that have a",
    "mistake, one of any class but those about kmalloc, runs each on a real kernel (variant `up`)",
    "and on the simulator, and judges it twice: by the reports that are read from what the real",
    "kernel printed, and by those of the core. *Equal* are verdict and signature; *random* is a",
    "program whose course depends on chance. The columns behind are the verdicts.",
    "",
    ...(rows.length === 0 ? [NO_RUN] : table([...titles, ...met], rows)),
  ].join("\n");
}

/** The order in which the options are tried. */
function orderOf({ kernel, parameters }: VerdictCount): number {
  const letters = VERDICT_LETTERS.findIndex((set) => parameters.endsWith(`slub_debug=${set}`));
  return 2 * letters + (kernel === "v6.1" ? 0 : 1);
}

function notModelledSection(): string {
  return ["## What is not modelled, and why", "", ...table(["", "why"], NOT_MODELLED)].join("\n");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), `|${"---|".repeat(head.length)}`, ...rows.map(line)];
}

function passed(good: number, all: number): string {
  return `${good} of ${all}`;
}

function share(counts: readonly KernelCount[]): string {
  return percent(excusedShare(counts));
}

function movedShare(counts: readonly KernelCount[]): string {
  return percent(sum(counts.map(({ moved }) => moved)) / sum(counts.map(({ lines }) => lines)));
}

function percent(part: number): string {
  return `${(100 * part).toFixed(3)} %`;
}
