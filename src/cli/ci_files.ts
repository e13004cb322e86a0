// The output of `slabfuzz ci`: one folder with a file for each kind of reader.
//
//   junit.xml       for readers of test reports
//   results.sarif   for code scanning
//   summary.md      for people
//   result.json     for programs
//   ci-findings/    a folder for each finding: the smallest program, what it shows, how to replay
import { appendFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { reasonOf, UserError } from "../base/user_error.ts";
import { slabfuzzVersion } from "../base/version.ts";
import { jsonOf, visibleText } from "../base/visible.ts";
import { requirePlainFile, writeWholeFile } from "../base/whole_file.ts";
import { FindingStore } from "../campaign/store.ts";
import type { GateFinding, GateResult } from "../checks/gate/result.ts";
import { junitOf } from "../checks/output/junit.ts";
import { gateRecord, type LocatedFinding } from "../checks/output/located.ts";
import { markdownOf } from "../checks/output/markdown.ts";
import { sarifOf } from "../checks/output/sarif.ts";
import { shellLine } from "./terminal.ts";

const FINDINGS = "ci-findings";

/** The place for files, made and tried before anything runs. */
export class CiFolder {
  readonly path: string;
  readonly #store: FindingStore;

  constructor(path: string) {
    this.path = path;
    this.#store = new FindingStore(join(path, FINDINGS));
  }

  /** Writes everything; returns the findings with the places that they have now. */
  write(result: GateResult): readonly LocatedFinding[] {
    // Findings of an earlier run would be taken for this one's.
    this.#store.clear();
    const findings = result.findings.map((finding) => this.#locate(result, finding));
    const put = (name: string, text: string) => writeWholeFile(join(this.path, name), text);
    put("junit.xml", junitOf(result, findings));
    put("results.sarif", `${jsonOf(sarifOf(result, findings))}\n`);
    put("summary.md", markdownOf(result, findings));
    put("result.json", `${jsonOf(gateRecord(result, findings))}\n`);
    return findings;
  }

  /** A program that has no file yet gets a folder. */
  #locate(result: GateResult, finding: GateFinding): LocatedFinding {
    const { reproducer, signature } = finding;
    if (reproducer.path !== undefined) return located(finding, reproducer.path, reproducer.path);
    const folder = this.#store.write(signature, filesOf(result, finding));
    return located(finding, join(folder, "program.slab"), folder);
  }
}

function located(finding: GateFinding, path: string, source: string): LocatedFinding {
  const replay = shellLine(["slabfuzz", "replay", slashed(source)]);
  return { ...finding, path: slashed(relative(".", path)), replay };
}

function slashed(path: string): string {
  return path.split(sep).join("/");
}

function filesOf({ target, seed }: GateResult, finding: GateFinding): Record<string, string> {
  const { reproducer, check, section, verdict, signature, impact, count, message, rules } = finding;
  const { token, operations, script, explanation, dump } = reproducer;
  const record = {
    ...{ signature, verdict, class: finding.class, impact, count, operations, message },
    ...{
      section,
      check,
      invariants: rules,
      slabfuzz: slabfuzzVersion(),
      target,
      seed: String(seed),
      token,
    },
  };
  const report = [message, "", ...explanation, ...(dump.length === 0 ? [] : ["", ...dump])];
  return {
    "finding.json": `${JSON.stringify(record, null, 2)}\n`,
    "program.slab": script,
    "report.txt": `${visibleText(report.join("\n"))}\n`,
    "replay.txt": `${token === undefined ? "" : shellLine(["slabfuzz", "replay", token])}\n`,
  };
}

/** Adds to a file that others write to as well; follows no link. */
export function appendText(path: string, text: string): void {
  requirePlainFile(path);
  try {
    appendFileSync(path, text);
  } catch (error) {
    throw new UserError(`${path}: cannot be written (${reasonOf(error)})`);
  }
}
