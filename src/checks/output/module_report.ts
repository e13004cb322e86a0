// What was found out about the modules of a package, as lines, and as JUnit XML.
import { counted } from "../../base/count_text.ts";
import { columnLines } from "../../base/option_text.ts";
import { explainedLines } from "../../campaign/explained.ts";
import type { WorkloadFigure } from "../../module/judge/footprint.ts";
import { isFaulty, type ModuleCheck } from "../module_check.ts";
import { escapedXml, xmlAttribute } from "./junit.ts";

/** A line for each module, what is wrong with it, and a total. */
export function moduleReportLines(checks: readonly ModuleCheck[]): readonly string[] {
  const rows = checks.map((check) => [check.path, verdictText(check)]);
  const faulty = checks.filter(isFaulty);
  const judged = checks.filter(({ summary }) => summary !== undefined);
  const modules = `${judged.length} of ${counted(checks.length, "module")} judged`;
  return [
    ...columnLines(rows),
    ...faulty.flatMap((check) => ["", `${check.path}:`, ...faultLines(check)]),
    ...footprintLines(checks),
    "",
    `${modules}: ${faulty.length === 0 ? "none" : faulty.length} with a fault`,
  ];
}

function faultLines({ summary, fragmented }: ModuleCheck): readonly string[] {
  const findings = (summary?.findings ?? []).map((finding) => ({
    ...finding,
    unshrunk: finding.stable && finding.shrunk === undefined ? finding.operations : undefined,
  }));
  const lines = explainedLines(findings, "");
  return [...lines, ...fragmented.map(fragmentedText)].map((line) => `  ${line}`);
}

function fragmentedText(workload: string): string {
  return `fragmented: the workload ${workload} takes more memory than it may`;
}

/** A row for each module with figures, and a column for each workload. */
function footprintLines(checks: readonly ModuleCheck[]): readonly string[] {
  const rows = checks.flatMap(({ path, footprint }) => {
    const { workloads = [] } = footprint ?? {};
    return workloads.length === 0 ? [] : [{ path, workloads }];
  });
  const [first] = rows;
  if (first === undefined) return [];
  const names = first.workloads.map(({ name }) => name);
  const cells = rows.map(({ path, workloads }) => {
    const texts = names.map((name) => workloads.find((one) => one.name === name));
    return [path, ...texts.map((one) => (one === undefined ? "-" : timesText(one)))];
  });
  const head =
    "memory taken, in multiples of the most bytes that live (in brackets: by a first fit)";
  return ["", head, ...columnLines([["module", ...names], ...cells])];
}

function timesText({ taken, live, firstFit }: WorkloadFigure): string {
  return `${(taken / live).toFixed(2)} (${(firstFit / live).toFixed(2)})`;
}

function verdictText({ allocator, refused, summary, fragmented }: ModuleCheck): string {
  if (summary === undefined) return `not judged: ${refused}`;
  const found = summary.findings.length + fragmented.length;
  const answer = found === 0 ? "no fault" : counted(found, "fault");
  return `${answer} in ${counted(summary.cases, "case")} (${allocator})`;
}

/** A test case for each module: passed, failed, or skipped because it could not be judged. */
export function moduleReportJunit(word: string, checks: readonly ModuleCheck[]): string {
  const refused = checks.filter(({ summary }) => summary === undefined).length;
  const failures = checks.filter(isFaulty).length;
  const counts = `tests="${checks.length}" failures="${failures}" errors="0" skipped="${refused}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    "<testsuites>",
    `  <testsuite name="${xmlAttribute(`slabfuzz targets check ${word}`)}" ${counts}>`,
    ...checks.flatMap(testcase),
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

function testcase({ path, refused, summary, fragmented }: ModuleCheck): readonly string[] {
  const name = `classname="slabfuzz.targets" name="${xmlAttribute(path)}"`;
  const open = `    <testcase ${name} time="${summary?.seconds ?? 0}">`;
  if (summary === undefined) {
    return [open, `      <skipped message="${xmlAttribute(refused ?? "")}"/>`, "    </testcase>"];
  }
  const failures = summary.findings.map(({ signature, token }) => {
    const text = escapedXml(`slabfuzz replay ${token}`);
    return `      <failure message="${xmlAttribute(signature)}">${text}</failure>`;
  });
  const loose = fragmented.map((name) => {
    return `      <failure message="${xmlAttribute(fragmentedText(name))}"/>`;
  });
  return [open, ...failures, ...loose, "    </testcase>"];
}
