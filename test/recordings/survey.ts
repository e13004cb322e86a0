// Replays recordings of real kernels and says which of them the simulator reproduces: a table of
// families, and for each recording that differs the first line where it does.
//
//   npx tsx test/recordings/survey.ts                       everything
//   npx tsx test/recordings/survey.ts v6.1                  one kernel
//   npx tsx test/recordings/survey.ts v6.1 'dfree|seed'     names that match a pattern
//   npx tsx test/recordings/survey.ts v6.1 --diff over1.FZP the first difference, with context
//   ... --quiet  the table only      --list  names of those that differ, one a line
import "../../src/targets/core_files.ts";
import { nowMs } from "../../src/base/clock.ts";
import {
  bootOf,
  familyOf,
  KERNELS,
  type KernelName,
  loadArchive,
  type Recording,
} from "./archive.ts";
import { type Replayed, replayRecording } from "./replayer.ts";

interface Options {
  readonly kernels: readonly KernelName[];
  readonly pattern: RegExp;
  readonly diff: string | undefined;
  readonly quiet: boolean;
  readonly list: boolean;
}

interface Outcome {
  readonly recording: Recording;
  readonly replayed: Replayed | undefined;
  /** What stopped the replay, if anything did. */
  readonly error: string | undefined;
}

const CONTEXT_LINES = 12;
const WIDTH = 150;

const options = readOptions(process.argv.slice(2));
for (const kernel of options.kernels) survey(kernel);

function readOptions(argv: readonly string[]): Options {
  const at = argv.indexOf("--diff");
  const diff = at === -1 ? undefined : argv[at + 1];
  const words = argv.filter((word) => !word.startsWith("--") && word !== diff);
  const kernel = KERNELS.find((name) => name === words[0]);
  const pattern = (kernel === undefined ? words[0] : words[1]) ?? "";
  return {
    kernels: kernel === undefined ? KERNELS : [kernel],
    pattern: new RegExp(diff === undefined ? pattern : `^${literally(diff)}$`),
    diff,
    quiet: argv.includes("--quiet"),
    list: argv.includes("--list"),
  };
}

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function survey(kernel: KernelName): void {
  const started = nowMs();
  const chosen = loadArchive(kernel).recordings.filter(({ name }) => options.pattern.test(name));
  const outcomes = chosen.map((recording) => runOne(recording, kernel));
  const bad = outcomes.filter(isBad);
  if (options.diff !== undefined) {
    for (const outcome of outcomes) printDifference(kernel, outcome);
  } else if (options.list) {
    for (const { recording } of bad) console.log(recording.name);
  } else {
    printTable(kernel, outcomes);
    if (!options.quiet) for (const outcome of bad) printFirstLine(outcome);
    const seconds = ((nowMs() - started) / 1000).toFixed(1);
    const good = `${outcomes.length - bad.length} of ${outcomes.length}`;
    console.log(`${kernel}: ${good} identical, ${seconds} s${rules(outcomes)}`);
  }
}

function runOne(recording: Recording, kernel: KernelName): Outcome {
  try {
    return { recording, replayed: replayRecording(recording, kernel), error: undefined };
  } catch (error) {
    return { recording, replayed: undefined, error: String(error) };
  }
}

function isBad({ replayed }: Outcome): boolean {
  return replayed === undefined || !replayed.comparison.equal;
}

function printTable(kernel: KernelName, outcomes: readonly Outcome[]): void {
  const families = new Map<string, { good: number; all: number }>();
  for (const outcome of outcomes) {
    const name = familyOf(outcome.recording);
    const family = families.get(name) ?? { good: 0, all: 0 };
    family.all++;
    if (!isBad(outcome)) family.good++;
    families.set(name, family);
  }
  for (const [name, { good, all }] of families) {
    const mark = good === all ? "ok  " : "DIFF";
    if (!options.quiet || good !== all) console.log(`${kernel} ${mark} ${name} ${good}/${all}`);
  }
}

function printFirstLine({ recording, replayed, error }: Outcome): void {
  console.log(`--- ${recording.name} (${bootOf(recording)})`);
  const difference = replayed?.comparison.difference;
  if (difference === undefined) {
    console.log(`    ${error ?? "equal"}`);
    return;
  }
  console.log(`    op ${difference.op}`);
  console.log(`    - ${difference.expected.slice(0, WIDTH)}`);
  console.log(`    + ${difference.actual.slice(0, WIDTH)}`);
}

/** The operations around the first difference, recording above replay. */
function printDifference(kernel: KernelName, outcome: Outcome): void {
  const { recording, replayed, error } = outcome;
  console.log(`##### ${kernel}`);
  if (replayed === undefined) {
    console.log(`${recording.name}: ${error}`);
    return;
  }
  const { difference } = replayed.comparison;
  if (difference === undefined) {
    console.log(`${recording.name}: identical`);
    return;
  }
  printFirstLine(outcome);
  printAround("recording", replayed.expected, difference.op, difference.expected);
  printAround("replay", replayed.actual, difference.op, difference.actual);
}

function printAround(title: string, lines: readonly string[], op: number, marked: string): void {
  const first = lines.findIndex((line) => line.startsWith(`@@ op ${op}: `));
  const next = lines.findIndex((line) => line.startsWith(`@@ op ${op + 1}: `));
  console.log(`=== ${title}`);
  if (first === -1) {
    console.log("    (it ended before)");
    return;
  }
  const end = next === -1 ? lines.length : next + 1;
  for (const line of lines.slice(Math.max(0, first - CONTEXT_LINES), end)) {
    const here = line === marked || line === `    | ${marked}`;
    console.log(`${here ? ">>" : "  "} ${line}`);
  }
}

function rules(outcomes: readonly Outcome[]): string {
  const counts = new Map<number, number>();
  const all = outcomes.flatMap(({ replayed }) => replayed?.comparison ?? []);
  for (const [rule, count] of all.flatMap(({ excused }) => [...excused])) {
    counts.set(rule, (counts.get(rule) ?? 0) + count);
  }
  const texts = [...counts].sort(([a], [b]) => a - b).map(([rule, n]) => `${rule}: ${n}`);
  const lines = all.reduce((sum, one) => sum + one.lines, 0);
  const moved = all.reduce((sum, one) => sum + one.moved, 0);
  return `; of ${lines} lines excused by rule ${texts.join(", ") || "none"}; moved: ${moved}`;
}
