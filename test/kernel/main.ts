// npm run test:kernel: random programs on the real kernels in QEMU and on the core, compared
// operation by operation. Where there is no QEMU or no kernel image it says so and does nothing.
//
// Exit codes: 0 no difference, or nothing to test with; 1 differences; 2 a mistake in the request.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../../src/base/user_error.ts";
import { printScript } from "../../src/program/text.ts";
import { type Finding, showFinding } from "./differences.ts";
import { findKernels } from "./images.ts";
import { type Options, readOptions, USAGE } from "./options.ts";
import { recordRuns } from "./record.ts";
import { runSession } from "./session.ts";
import { setupsOf } from "./setups.ts";
import { Machines } from "./vm.ts";

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
  const setups = chosenSetups(options, setupsOf(found.builds));
  const machines = new Machines(found, options);
  const { tally, kinds, seconds } = await runSession({
    ...options,
    machines,
    setups,
    say: (line) => console.error(line),
    show: (finding) => show(finding, options.keep),
  });
  for (const { name, count } of kinds) console.log(`${count} differ: ${name}`);
  console.log(tally.report(seconds));
  if (options.record) recordRuns(tally.runs(options.seed.low), options.first > 0);
  return tally.different === 0 ? 0 : 1;
}

function chosenSetups<T extends { readonly parameters: string }>(
  { parameters }: Options,
  setups: readonly T[],
): readonly T[] {
  const chosen = setups.filter((setup) => [setup.parameters, undefined].includes(parameters));
  if (chosen.length > 0) return chosen;
  throw new UserError(`no setup has the parameters ${JSON.stringify(parameters)}`);
}

function show(finding: Finding, keep: string | undefined): void {
  console.log(`${showFinding(finding)}\n`);
  if (keep === undefined) return;
  const { program } = finding.judged;
  mkdirSync(keep, { recursive: true });
  const name = `${finding.boot.kernel}-${finding.boot.variant}-${program.id}.txt`;
  writeFileSync(join(keep, name), printScript(program.program));
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
