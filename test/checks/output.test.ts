// Reports for other people's tools: each is read back by a library that knows the format, and says
// the same as the result that it was made of.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import Ajv from "ajv";
import AjvDraft04 from "ajv-draft-04";
import addFormats from "ajv-formats";
import { XMLParser, XMLValidator } from "fast-xml-parser";
import { describe, expect, it } from "vitest";
import { type GateResult, isFailure } from "../../src/checks/gate/result.ts";
import { junitOf } from "../../src/checks/output/junit.ts";
import {
  excerptOf,
  gateRecord,
  type LocatedFinding,
  markedScript,
} from "../../src/checks/output/located.ts";
import { markdownOf } from "../../src/checks/output/markdown.ts";
import { sarifOf } from "../../src/checks/output/sarif.ts";
import { annotationLines, findingHeadline, gateLines } from "../../src/checks/output/text.ts";
import { AWKWARD, FINDINGS, GREEN, RESULT, SCRIPT } from "../helper/gate_result.ts";

/** What the tests look at of a JUnit file. */
interface JunitCase {
  readonly name: string;
  readonly skipped?: unknown;
  readonly failure?: readonly Readonly<Record<string, string>>[];
  readonly "system-out"?: string;
}

interface JunitSuites {
  readonly tests: string;
  readonly failures: string;
  readonly testsuite: readonly {
    readonly name: string;
    readonly testcase?: readonly JunitCase[];
  }[];
}

interface SarifPlace {
  readonly physicalLocation: {
    readonly artifactLocation: { readonly uri: string };
    readonly region: { readonly startLine: number };
  };
  readonly message: { readonly text: string };
}

interface SarifResult {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly locations: readonly SarifPlace[];
  readonly codeFlows: readonly {
    readonly threadFlows: readonly {
      readonly locations: readonly { readonly location: SarifPlace }[];
    }[];
  }[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly suppressions?: unknown;
}

/** The results as they stand in the file. */
function sarifResults(result: GateResult): readonly SarifResult[] {
  return JSON.parse(JSON.stringify(sarifOf(result, FINDINGS))).runs[0].results;
}

const NOTHING: GateResult = {
  ...GREEN,
  sections: GREEN.sections.map((section) => ({ ...section, cases: 0, checks: [] })),
};

describe("the JUnit report", () => {
  const text = junitOf(RESULT, FINDINGS);
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: "",
    parseAttributeValue: false,
    isArray: (name) => ["testsuite", "testcase", "failure"].includes(name),
  });
  const testsuites: JunitSuites = parser.parse(text).testsuites;
  const cases = testsuites.testsuite.flatMap((suite) => suite.testcase ?? []);

  it("is well-formed XML, whatever a finding holds", () => {
    expect(XMLValidator.validate(text)).toBe(true);
    expect(text).not.toContain("\u0007");
    expect(XMLValidator.validate(junitOf(GREEN, []))).toBe(true);
  });

  it("has a suite for each section, and a case for each check or for its absence", () => {
    const names = testsuites.testsuite.map(({ name }) => name);
    expect(names).toEqual(RESULT.sections.map(({ name }) => name));
    const checks = RESULT.sections.flatMap((section) => section.checks);
    const skipped = RESULT.sections.filter((section) => section.skipped !== undefined);
    expect(cases.length).toBe(checks.length + skipped.length);
    expect(cases.filter((one) => one.skipped !== undefined).length).toBe(skipped.length);
    expect(Number(testsuites.tests)).toBe(cases.length);
  });

  it("fails new and expired findings and errors of the gate, and no known finding", () => {
    const failures = cases.flatMap((one) => one.failure ?? []);
    const failing = FINDINGS.filter(isFailure);
    expect(failures.map((one) => one.type).sort()).toEqual(
      failing.map(({ status }) => status).sort(),
    );
    const failed = cases.filter((one) => one.failure !== undefined);
    expect(Number(testsuites.failures)).toBe(failed.length);
    const known = cases.find(({ name }) => name === "detectors v6.1 up F");
    expect([known?.failure, known?.["system-out"]]).toEqual([
      undefined,
      "known: none|-|nowhere|invariant silent-check at free",
    ]);
  });

  it("names the failing check in a failure, not the first check that saw the same", () => {
    const [first] = RESULT.sections[0].checks;
    const other = { ...first, name: "invariants v3.10 v310 FZP" };
    const sections = [{ ...RESULT.sections[0], checks: [first, other] }];
    const [one, two]: readonly JunitCase[] = parser.parse(
      junitOf({ ...RESULT, sections }, FINDINGS),
    ).testsuites.testsuite[0].testcase;
    expect(one.failure?.every(({ message }) => message.startsWith(`${first.name}: a <b>`))).toBe(
      true,
    );
    expect(two.failure?.map(({ message }) => message)).toEqual(
      one.failure?.map(({ ["#text"]: text }) => {
        return `${other.name}: shows ${text.split("\n")[0]}, as ${first.name} does`;
      }),
    );
  });

  it("gives each failure its program and the line that replays it", () => {
    const [failure] = cases.flatMap((one) => one.failure ?? []);
    expect(failure["#text"]).toContain("> write a 64 41");
    expect(failure["#text"]).toContain("slabfuzz replay out/");
    expect(failure.message).toContain('<b>"new"</b> & bad');
  });
});

describe("the SARIF report", () => {
  const schemaPath = "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json";
  const schema = createRequire(import.meta.url)(schemaPath);
  const ajv = new AjvDraft04.default({ strict: false, unicodeRegExp: false });
  addFormats.default(ajv as never);
  const validate = ajv.compile(schema);
  const log = JSON.parse(JSON.stringify(sarifOf(RESULT, FINDINGS)));
  const [run] = log.runs;
  const results = sarifResults(RESULT);

  it("passes the schema of 2.1.0, with findings and without", () => {
    expect([validate(log), validate.errors]).toEqual([true, null]);
    expect([validate(sarifOf(GREEN, [])), validate.errors]).toEqual([true, null]);
    const checks = [{ ...GREEN.sections[0].checks[0], unfinished: "could not finish" }];
    const slow = { ...GREEN, sections: [{ ...GREEN.sections[0], checks }] };
    expect([validate(sarifOf(slow, [])), validate.errors]).toEqual([true, null]);
    expect(validate({ ...log, version: "2.0.0" })).toBe(false);
  });

  it("gives every result a place: the line of the program that shows it", () => {
    for (const [index, result] of results.entries()) {
      const [{ physicalLocation }] = result.locations;
      expect(decodeURIComponent(physicalLocation.artifactLocation.uri)).toBe(FINDINGS[index].path);
      expect(physicalLocation.region.startLine).toBe(FINDINGS[index].reproducer.line);
      expect(run.tool.driver.rules[result.ruleIndex].id).toBe(result.ruleId);
    }
  });

  it("shows the way to the result, operation by operation", () => {
    const [{ threadFlows }] = results[0].codeFlows;
    const steps = threadFlows[0].locations.map((one) => one.location.message.text);
    expect(steps).toEqual(["cache c 64 0 -", "alloc c a", "write a 64 41"]);
  });

  it("has one fingerprint for each signature, under the project's own key", () => {
    const prints = results.map((one) => one.partialFingerprints);
    const values = prints.map((print) => print["slabSignature/v1"]);
    expect(new Set(values).size).toBe(FINDINGS.length);
    expect(prints.every((print) => Object.keys(print).length === 1)).toBe(true);
    const again = sarifResults({ ...RESULT, seed: 8n });
    expect(again.map((one) => one.partialFingerprints)).toEqual(prints);
  });

  it("suppresses known findings", () => {
    const suppressed = results.map((one) => one.suppressions !== undefined);
    expect(suppressed).toEqual(FINDINGS.map((finding) => !isFailure(finding)));
  });
});

describe("a check that could not finish", () => {
  const reason = "could not finish in its time (case 3: it slept 120000 ms)";
  const [section] = RESULT.sections;
  const checks = section.checks.map((check) => ({ ...check, signatures: [], unfinished: reason }));
  const slow: GateResult = { ...GREEN, sections: [{ ...section, checks }] };
  const names = checks.map(({ name }) => name);

  it.each([
    ["the terminal's text", gateLines(slow, []).join("\n")],
    ["JUnit", junitOf(slow, [])],
    ["SARIF", JSON.stringify(sarifOf(slow, []))],
    ["the annotations", annotationLines(slow, []).join("\n")],
    ["Markdown", markdownOf(slow, [])],
    ["the record", JSON.stringify(gateRecord(slow, []))],
  ])("is named in %s with its reason, and no text advises to accept new files", (_, text) => {
    for (const name of names) expect(text.replaceAll("&#45;", "-")).toContain(name);
    expect(text.replace(/&#(\d+);/g, (_all, code) => String.fromCharCode(code))).toContain(reason);
    expect(text).not.toContain("--update");
  });

  it("is neither a result in SARIF nor an annotation at a program", () => {
    const log = JSON.parse(JSON.stringify(sarifOf(slow, [])));
    expect(log.runs[0].results).toEqual([]);
    expect(log.runs[0].invocations[0].executionSuccessful).toBe(false);
    for (const line of annotationLines(slow, [])) expect(line).not.toContain("file=");
  });
});

describe("a program of many lines", () => {
  const lines = Array.from({ length: 180 }, (_, i) => `write a ${i} 41`);
  const long = (line: number): LocatedFinding => {
    const reproducer = { ...FINDINGS[2].reproducer, script: `${lines.join("\n")}\n`, line };
    return { ...FINDINGS[2], reproducer };
  };

  it.each([1, 4, 90, 178, 180])(
    "is shown by twenty lines that include the marked line %i",
    (line) => {
      const shown = excerptOf(long(line));
      expect(shown.length).toBe(21);
      expect(shown).toContain(`> write a ${line - 1} 41`);
      expect(shown.at(-1)).toMatch(/lines \d+ to \d+ of 180, all are in out\/ci-findings/);
    },
  );

  it("is shown whole where it has twenty lines or fewer, and always in JUnit", () => {
    expect(excerptOf(FINDINGS[2])).toEqual(markedScript(FINDINGS[2]));
    const text = junitOf({ ...RESULT, findings: [long(90)] }, [long(90)]);
    expect(text.match(/^(?:[ >]|&gt;)+write a \d+ 41$/gm)?.length).toBe(180);
    for (const cut of [gateLines(RESULT, [long(90)]).join("\n"), markdownOf(RESULT, [long(90)])]) {
      expect(cut.match(/^(?:[ >]|&gt;)+write a \d+ 41$/gm)?.length).toBe(20);
    }
  });
});

describe("the list of annotations", () => {
  it("has one line for each failing finding", () => {
    const lines = annotationLines(RESULT, FINDINGS);
    expect(lines.length).toBe(FINDINGS.filter(isFailure).length);
    const command = /^::error file=[^,:]+,line=5,title=slabfuzz%3A [^:]+::.*%0Aslabfuzz replay out/;
    for (const line of lines) {
      expect(line).toMatch(command);
      expect(line).not.toMatch(/[\r\n]/);
    }
  });

  it("is no longer than GitHub shows, and its last line counts the rest", () => {
    const many = Array.from({ length: 14 }, () => FINDINGS[2]);
    const lines = annotationLines(RESULT, many);
    expect(lines.length).toBe(10);
    expect(lines.at(-1)).toBe("::error title=slabfuzz::5 more findings");
  });
});

describe("the summary in Markdown", () => {
  const text = markdownOf(RESULT, FINDINGS);

  it("shows each finding with its program, its bytes and its replay line", () => {
    expect(text.match(/<details/g)?.length).toBe(FINDINGS.length);
    expect(text).toContain("> write a 64 41");
    expect(text).toContain("                  >41");
    expect(text).toContain("slabfuzz replay out/new");
  });

  it("opens the failing findings, and folds the known ones", () => {
    const failing = FINDINGS.filter(isFailure).length;
    expect(text.match(/<details open>/g)?.length).toBe(failing);
  });

  it("lets no finding break out of its place", () => {
    const outside = text.replace(/^(`{3,})text\n[\s\S]*?\n\1$/gm, "");
    expect(outside).not.toContain("<b>");
    expect(outside).not.toContain("ticks");
    const rows = outside.split("\n").filter((line) => line.startsWith("|"));
    expect(new Set(rows.map((row) => row.split("|").length)).size).toBe(1);
    expect(text.match(/<details/g)?.length).toBe(text.match(/<\/details>/g)?.length);
  });
});

describe("the JSON record", () => {
  const ajv = new Ajv.default();
  const file = new URL("../../docs/ci-result.schema.json", import.meta.url);
  const validate = ajv.compile(JSON.parse(readFileSync(file, "utf8")));

  it("agrees with its schema", () => {
    for (const [result, findings] of [
      [RESULT, FINDINGS],
      [GREEN, []],
    ] as const) {
      const record = JSON.parse(JSON.stringify(gateRecord(result, findings)));
      expect([validate(record), validate.errors]).toEqual([true, null]);
    }
    expect(validate({ format: "slabfuzz-ci" })).toBe(false);
  });

  it("tells in one field whether the gate passed", () => {
    const passed = (result: GateResult) => (gateRecord(result, []) as { passed: boolean }).passed;
    expect((gateRecord(RESULT, FINDINGS) as { passed: boolean }).passed).toBe(false);
    expect((gateRecord(RESULT, [FINDINGS[3]]) as { passed: boolean }).passed).toBe(true);
    expect(passed(GREEN)).toBe(true);
    expect(passed(NOTHING)).toBe(false);
    expect(passed({ ...GREEN, interrupted: true })).toBe(false);
  });
});

describe("the summary for a terminal", () => {
  it("marks the line of the program that shows the finding", () => {
    const marked = markedScript(FINDINGS[0]).filter((line) => line.startsWith(">"));
    expect(marked).toEqual([`> ${SCRIPT.split("\n")[FINDINGS[0].reproducer.line - 1]}`]);
  });

  it("names the failing findings, and counts the known ones", () => {
    const text = gateLines(RESULT, FINDINGS).join("\n");
    expect(text).toContain(`NEW: invariants v6.1 up -: ${AWKWARD}`);
    expect(text).toContain("EXPIRED");
    expect(text).not.toContain("silent-check");
    expect(findingHeadline(RESULT)).toMatch(
      /^failed: 1 new, 1 expired, 1 of gate and corpus, 1 known \(/,
    );
  });

  it("is green only if a case ran", () => {
    expect(findingHeadline(GREEN)).toMatch(/^passed: 1 check, 60 cases/);
    expect(findingHeadline(NOTHING)).toMatch(/^failed: the gate ran no case/);
  });
});
