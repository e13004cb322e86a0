// The result as data, for `slabfuzz ci --json`; docs/ci-result.schema.json says what it is. Fields
// stay.
import { slabfuzzVersion } from "../../base/package_file.ts";
import { type GateResult, hasPassed } from "../gate/result.ts";
import type { LocatedFinding } from "./located.ts";

const FORMAT = "slabfuzz-ci";
const VERSION = 1;

export function gateRecord(result: GateResult, findings: readonly LocatedFinding[]): object {
  const { target, isQuick, seed, seconds, interrupted, sections } = result;
  return {
    format: FORMAT,
    version: VERSION,
    slabfuzz: slabfuzzVersion(),
    target,
    quick: isQuick,
    seed: String(seed),
    seconds,
    interrupted,
    passed: hasPassed({ ...result, findings }),
    sections: sections.map(({ skipped, ...section }) => ({ ...section, skipped: skipped ?? null })),
    findings: findings.map(findingRecord),
  };
}

function findingRecord({ exhibit, path, replay, ...finding }: LocatedFinding): object {
  const { token, script, operations, operationsBefore, line, story, dump } = exhibit;
  return {
    ...finding,
    path,
    line,
    operations,
    operationsBefore,
    script,
    story,
    dump,
    token: token ?? null,
    replay,
  };
}
