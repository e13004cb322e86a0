// A result of the gate as it might be: one finding that is new, one that is known, one that has
// expired, a missed canary, and texts that no format likes.

import type { GateResult, SectionName, SectionResult } from "../../src/checks/gate/result.ts";
import type { LocatedFinding } from "../../src/checks/output/located.ts";
import { parseSignature } from "../../src/target/signature.ts";

export const SCRIPT = `# boot: up slub_debug=FZ
# "quoted" <b>bold</b> & \`\`\`\`ticks
cache c 64 0 -
alloc c a
write a 64 41
free c a
`;
export const AWKWARD = 'a <b>"new"</b> & bad | one: 100%, \u0007]]>\n::error::';

function finding(
  status: LocatedFinding["status"],
  section: SectionName,
  check: string,
  symptom: string,
): LocatedFinding {
  return {
    status,
    section,
    check,
    rules: "poison=1",
    verdict: "invariant",
    signature: `none|-|nowhere|${symptom}`,
    parts: parseSignature(`none|-|nowhere|${symptom}`),
    class: "none",
    impact: "overlap",
    count: 3,
    message: `${check}: ${AWKWARD}`,
    path: `out/ci-findings/${status} one/program.slab`,
    replay: `slabfuzz replay out/${status}`,
    reproducer: {
      token: undefined,
      script: SCRIPT,
      operations: 4,
      operationsBefore: 60,
      line: 5,
      explanation: ["op 2 (write a 64 41) is a mistake"],
      dump: ["right-redzone, op 2", "ffff888003c14040   cc", "                  >41"],
    },
  };
}

export const FINDINGS: readonly LocatedFinding[] = [
  finding("gate", "canaries", "canary third-name-traps", "canary was not caught"),
  finding("expired", "invariants", "invariants v6.1 up -", "invariant overlap at alloc"),
  finding("new", "invariants", "invariants v6.1 up -", "invariant misaligned at alloc"),
  finding("known", "detectors", "detectors v6.1 up F", "invariant silent-check at free"),
];

function section(name: SectionName, ...checks: SectionResult["checks"]): SectionResult {
  return { name, cases: 60, operations: 600, seconds: 0.5, checks, skipped: undefined };
}

function check(name: string, ...signatures: string[]): SectionResult["checks"][number] {
  return { name, passed: signatures.length === 0, cases: 60, seconds: 0.25, signatures };
}

const [GATE, EXPIRED, NEW, KNOWN] = FINDINGS.map(({ signature }) => signature);

export const RESULT: GateResult = {
  target: "build/my <core>.wasm",
  isQuick: true,
  seed: 7n,
  sections: [
    section(
      "invariants",
      check("invariants v6.1 up -", NEW, EXPIRED),
      check("invariants v6.12 up -"),
    ),
    section("detectors", check("detectors v6.1 up F", KNOWN)),
    section("canaries", check("third-name-traps", GATE), check("empty-slab-lost", "anything")),
    { ...section("corpus"), cases: 0, operations: 0, skipped: "there is no corpus" },
    section("fuzz", check("fuzz clean")),
  ],
  findings: FINDINGS,
  seconds: 4.5,
  interrupted: false,
};

/** The same run of a target that has nothing wrong. */
export const GREEN: GateResult = {
  ...RESULT,
  findings: [],
  sections: [section("invariants", check("invariants v6.1 up -"))],
};
