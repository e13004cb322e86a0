// What a team's own test suite imports as slabfuzz/vitest: the checks of single programs and of one
// kind of programs, and those of the gate, one test each.
//
//   import { allocatorChecks } from "slabfuzz/vitest";
//   describe("my core", () => {
//     for (const { name, run } of allocatorChecks({ target: "build/my.wasm" })) it(name, run);
//   });
import "../../targets/core_files.ts";
import { parseCore } from "../../slub/named_core.ts";
import type { Check, CheckFinding } from "../gate/check.ts";
import { messageOf } from "../gate/check_section.ts";
import { exhibitOf } from "../gate/exhibit.ts";
import { fastChecks, fullChecks } from "../gate/plan.ts";
import { runChecks } from "../gate/run_checks.ts";
import { FindingError } from "./expectations.ts";

export {
  type CheckRequest,
  checkAllocator,
  expectFinding,
  expectNoFinding,
  FindingError,
} from "./expectations.ts";

export interface AllocatorChecksRequest {
  /** `slub`, `canary:NAME`, or a file that ends in .wasm. */
  readonly target?: string;
  /** All checks of a full `slabfuzz ci`, and not only the fast ones. */
  readonly full?: boolean;
}

/** One check of the gate as a test. */
export interface AllocatorCheck {
  readonly name: string;
  /** Throws a FindingError with the smallest program, if anything is wrong. */
  readonly run: () => void;
}

/** The checks of `slabfuzz ci` on an allocator, sections (a) and (b), each as a test. */
export function allocatorChecks(request: AllocatorChecksRequest = {}): readonly AllocatorCheck[] {
  const { target = "slub", full = false } = request;
  const checks = full ? fullChecks() : fastChecks();
  return checks.map((check) => ({ name: check.name, run: () => runCheck(target, check) }));
}

function runCheck(targetName: string, check: Check): void {
  const target = parseCore(targetName);
  const [{ findings }] = runChecks(target, [check], { endsAtFinding: true });
  if (findings.length > 0) throw errorOf(targetName, check, findings[0]);
}

function errorOf(targetName: string, check: Check, finding: CheckFinding): FindingError {
  const { verdict, signature } = finding;
  const exhibit = exhibitOf(parseCore(targetName), check, finding);
  const { script, token, story, dump } = exhibit;
  const replay = token === undefined ? [] : [`replay: slabfuzz replay ${token}`];
  const lines = [messageOf(check, finding), `${verdict}: ${signature}`, "", script];
  return new FindingError({ verdict, signature, script }, [...lines, ...story, ...dump, ...replay]);
}
