// The result as SARIF 2.1.0, for code scanning: every result points at the line of its program that
// shows it, and the way there, operation by operation, is its code flow.
import { digestOfText } from "../../base/hash.ts";
import { slabfuzzVersion } from "../../base/version.ts";
import { aboutFamily } from "../../module/judge/rule.ts";
import { INVARIANTS, isInvariantName } from "../../slub/oracle/violation.ts";
import { BUG_ABOUT, isBugName } from "../../target/bug_names.ts";
import type { GateResult } from "../gate/result.ts";
import { isFailure, unfinishedTexts } from "../gate/result.ts";
import { type LocatedFinding, ruleOf } from "./located.ts";

const SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";
/** Our own key: code scanning computes its own fingerprints under its own. */
const FINGERPRINT = "slabSignature/v1";

/** The log, ready for JSON.stringify. */
export function sarifOf(result: GateResult, findings: readonly LocatedFinding[]): object {
  const rules = [...new Set(findings.map(ruleOf))].sort();
  const paths = [...new Set(findings.map(({ path }) => path))];
  return {
    $schema: SCHEMA,
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "slabfuzz",
            semanticVersion: slabfuzzVersion(),
            rules: rules.map(ruleRecord),
          },
        },
        automationDetails: { id: `slabfuzz/${result.target}/` },
        invocations: [invocationOf(result)],
        artifacts: paths.map((path) => artifactOf(path, findings)),
        results: findings.map((finding) => resultOf(finding, rules)),
        columnKind: "utf16CodeUnits",
      },
    ],
  };
}

/** A check that could not finish is no result: it says nothing of the target. */
function invocationOf(result: GateResult): object {
  const texts = unfinishedTexts(result);
  return {
    executionSuccessful: !result.interrupted && texts.length === 0,
    toolExecutionNotifications: texts.map((text) => ({ level: "error", message: { text } })),
  };
}

function ruleRecord(id: string): object {
  return { id, shortDescription: { text: aboutRule(id) } };
}

function aboutRule(id: string): string {
  const [kind, name] = id.split("/");
  if (kind === "golden") return "Golden programs are answered otherwise than they were";
  if (kind === "cost") return "Operations execute more than they did";
  if (kind === "exhaust") return "Some program of a small scope breaks a rule";
  if (isInvariantName(name)) return `Rule ${name}: ${INVARIANTS[name].says}`;
  const family = aboutFamily(name);
  if (family !== undefined) return `Rule ${name}: ${family}`;
  if (!isBugName(name)) return id;
  const what =
    kind === "twin" ? "A correct program was reported" : "Misuse was not caught as it must";
  return `${what}: ${name} ${BUG_ABOUT[name]}`;
}

function artifactOf(path: string, findings: readonly LocatedFinding[]): object {
  const { reproducer } = findings.find((finding) => finding.path === path) as LocatedFinding;
  return { location: locationOf(path), contents: { text: reproducer.script } };
}

function resultOf(finding: LocatedFinding, rules: readonly string[]): object {
  const { message, signature, verdict, status, impact, count, path, reproducer, replay } = finding;
  const rule = ruleOf(finding);
  const isKnown = !isFailure(finding);
  return {
    ruleId: rule,
    ruleIndex: rules.indexOf(rule),
    level: isKnown ? "note" : "error",
    message: { text: `${message}\n${signature}\n${replay}` },
    locations: [placeOf(path, reproducer.line)],
    partialFingerprints: { [FINGERPRINT]: digestOfText(`${verdict} ${signature}`) },
    codeFlows: [{ threadFlows: [{ locations: stepsOf(finding) }] }],
    ...(isKnown ? { suppressions: [{ kind: "external" }] } : {}),
    properties: { signature, verdict, impact, count, status, token: reproducer.token ?? "" },
  };
}

/** The operations up to the one that shows it; each comment and empty line is left out. */
function stepsOf({ path, reproducer }: LocatedFinding): readonly object[] {
  const lines = reproducer.script.split("\n").slice(0, reproducer.line);
  const steps = lines.flatMap((text, index) => {
    if (text === "" || text.startsWith("#")) return [];
    return [{ location: { ...placeOf(path, index + 1), message: { text } } }];
  });
  return steps.length > 0 ? steps : [{ location: placeOf(path, reproducer.line) }];
}

function placeOf(path: string, startLine: number): object {
  return { physicalLocation: { artifactLocation: locationOf(path), region: { startLine } } };
}

function locationOf(path: string): object {
  return { uri: path.split("/").map(encodeURIComponent).join("/") };
}
