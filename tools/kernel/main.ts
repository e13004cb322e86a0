// npm run test:kernel: random programs on the real kernels in QEMU and on the core, compared
// operation by operation. Where there is no QEMU or no kernel image it says so and does nothing.
//
// With --verdicts: what the judge says by the kernel's text, against what it says by the core's.
//
// Exit codes: 0 no difference, or nothing to test with; 1 differences; 2 a mistake in the request;
// 130 interrupted, with a summary of what was done until then.
import "../../src/targets/core_files.ts";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { nowMs } from "../../src/base/clock.ts";
import { UserError } from "../../src/base/user_error.ts";
import { printScript } from "../../src/slub/program/text.ts";
import { type Finding, showFinding } from "./differences.ts";
import { findKernels, type Installation } from "./images.ts";
import { type Options, readOptions, USAGE } from "./options.ts";
import { recordRuns } from "./record.ts";
import { runSession } from "./session.ts";
import { setupsOf, setupsOnRequest, verdictSetups } from "./setups.ts";
import type { Tally } from "./tally.ts";
import { runVerdicts, showVerdicts } from "./verdict_session.ts";
import { recordVerdicts } from "./verdict_tally.ts";
import { Machines } from "./vm.ts";

const INTERRUPTED = 130;
/** Behind the first interrupt: npm and tsx pass it on, so that it may come more than once. */
const SECOND_SIGNAL_MS = 1000;
const ROOT = fileURLToPath(new URL("../..", import.meta.url));

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    console.log(USAGE);
    return 0;
  }
  const { kernel, variant } = options;
  const { SLABFUZZ_KERNELS: folder, PATH: path = "" } = process.env;
  const found = findKernels({ folder, path, root: ROOT, kernel, variant });
  if ("missing" in found) {
    console.log(`test:kernel skipped: ${found.missing}`);
    return 0;
  }
  const machines = new Machines(found, options);
  const interrupt = stopOnInterrupt(machines);
  return options.verdicts
    ? compareAllVerdicts(options, found, machines, interrupt)
    : compareAllText(options, found, machines, interrupt);
}

async function compareAllText(
  options: Options,
  { builds }: Installation,
  machines: Machines,
  interrupt: Interrupt,
): Promise<number> {
  const setups = chosenSetups(options, setupsOf(builds), setupsOnRequest(builds));
  const { tally, kinds, seconds } = await runSession({
    ...options,
    machines,
    setups,
    say: (line) => console.error(line),
    show: (finding) => show(finding, options.keep),
  });
  for (const { name, count } of kinds) console.log(`${count} differ: ${name}`);
  console.log(tally.report(seconds));
  console.log(conclusion(tally, options, interrupt.came));
  if (interrupt.came) return INTERRUPTED;
  if (options.record) recordRuns(tally.runs(options.seed.low), options.first > 0);
  return tally.different === 0 ? 0 : 1;
}

/** Text that comes late would make verdicts late: one CPU, unless another variant is named. */
async function compareAllVerdicts(
  options: Options,
  { builds }: Installation,
  machines: Machines,
  interrupt: Interrupt,
): Promise<number> {
  const chosen = builds.filter(({ variant }) => variant === (options.variant ?? "up"));
  const { tally, seconds } = await runVerdicts({
    ...options,
    machines,
    setups: chosenSetups(options, verdictSetups(chosen)),
    say: (line) => console.error(line),
    show: (finding) => {
      console.log(`${showVerdicts(finding)}\n`);
      keepScript(finding, finding.judged.program.id, options.keep);
    },
  });
  console.log(tally.report(seconds));
  const end = interrupt.came ? "Interrupted after" : "Compared";
  console.log(`${end} ${tally.programs} programs: ${tally.different} verdicts differ.`);
  if (interrupt.came) return INTERRUPTED;
  if (options.record) recordVerdicts(tally.counts);
  return tally.different === 0 ? 0 : 1;
}

interface Interrupt {
  readonly came: boolean;
}

/** The first interrupt ends the run with a summary, another one later at once. */
function stopOnInterrupt(machines: Machines): Interrupt {
  const state = { came: false };
  let first = 0;
  process.on("SIGINT", () => {
    if (state.came && nowMs() - first > SECOND_SIGNAL_MS) process.exit(INTERRUPTED);
    if (state.came) return;
    state.came = true;
    first = nowMs();
    machines.stop();
  });
  return state;
}

function conclusion(tally: Tally, { programs, keep }: Options, interrupted: boolean): string {
  const done = interrupted ? `Interrupted after ${tally.programs} of ${programs}` : `${programs}`;
  if (tally.different === 0) return `${done} programs: no difference.`;
  const kept = keep === undefined ? "--keep DIR stores the scripts" : `the scripts are in ${keep}`;
  return `${done} programs: ${tally.different} differ (${kept}).`;
}

function chosenSetups<T extends { readonly parameters: string }>(
  { parameters }: Options,
  setups: readonly T[],
  onRequest: readonly T[] = [],
): readonly T[] {
  if (parameters === undefined) return setups;
  const all = [...setups, ...onRequest];
  const chosen = all.filter((setup) => setup.parameters === parameters);
  if (chosen.length > 0) return chosen;
  const sets = new Set(all.map((setup) => JSON.stringify(setup.parameters)));
  const known = [...sets].join(" ");
  throw new UserError(
    `no setup has the parameters ${JSON.stringify(parameters)}; there are: ${known}`,
  );
}

function show(finding: Finding, keep: string | undefined): void {
  console.log(`${showFinding(finding, process.stdout.columns)}\n`);
  keepScript(finding, finding.number, keep);
}

function keepScript(
  { boot, judged }: Pick<Finding, "boot" | "judged">,
  number: number,
  keep: string | undefined,
): void {
  if (keep === undefined) return;
  mkdirSync(keep, { recursive: true });
  const name = `${boot.kernel}-${boot.variant}-${number}.txt`;
  writeFileSync(join(keep, name), printScript(judged.program.program));
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    if (!(error instanceof UserError)) throw error;
    console.error(`test:kernel: ${error.message}`);
    process.exitCode = 2;
  },
);
