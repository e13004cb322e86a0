// The report of a campaign's coverage while it grows: what its programs came by is added up, and
// written in the form that the file's name asks for.
import { extname } from "node:path";
import { counted } from "../base/count_text.ts";
import { UserError } from "../base/user_error.ts";
import { writeWholeFile } from "../base/whole_file.ts";
import type { GuidedTarget, ProbedCode } from "../target/guided.ts";
import { coverageOf } from "../targets/targets.ts";
import type { CoverageMap } from "../wasm/coverage_map.ts";
import { eitherOf } from "../wasm/flags.ts";
import { type Coverage, coverageOfFlags } from "./coverage.ts";
import { coveragePage } from "./coverage_page.ts";
import { coverageLines, lcovText } from "./coverage_text.ts";

type Form = (coverage: Coverage, again: string) => string;

const FORMS: Readonly<Record<string, Form>> = {
  ".txt": (coverage) => `${coverageLines(coverage).join("\n")}\n`,
  ".info": lcovText,
  ".lcov": lcovText,
  ".html": coveragePage,
};

/** Prepares a report. Refuses a file that has no form, or is no place to write to. */
export async function coverageReport(path: string, guided: GuidedTarget): Promise<CoverageReport> {
  const form = FORMS[extname(path)];
  if (form === undefined) {
    throw new UserError(`--coverage ${path}: must end in ${Object.keys(FORMS).join(", ")}`);
  }
  const { map, code } = await coverageOf(guided.target);
  const report = new CoverageReport(path, form, guided, map, code);
  report.write(); // a place that cannot be written to is refused now
  return report;
}

export class CoverageReport {
  readonly code: ProbedCode;
  readonly #path: string;
  readonly #form: Form;
  readonly #guided: GuidedTarget;
  readonly #map: CoverageMap;
  #flags: Uint32Array;
  #programs = 0;

  constructor(path: string, form: Form, guided: GuidedTarget, map: CoverageMap, code: ProbedCode) {
    this.#path = path;
    this.#form = form;
    this.#guided = guided;
    this.#map = map;
    this.code = code;
    this.#flags = new Uint32Array(map.globals);
  }

  /** Adds what some programs came by. */
  add(programs: number, flags: Uint32Array): void {
    this.#programs += programs;
    this.#flags = eitherOf(this.#flags, flags);
  }

  get coverage(): Coverage {
    const { options, text } = this.#guided.target;
    const programs = counted(this.#programs, "program");
    const search = `a guided search with seed ${options.seed}`;
    const about = `${programs} of ${search}, ${options.target}, ${text.place}`;
    return coverageOfFlags(this.#map, this.#flags, { about, name: options.target });
  }

  write(): void {
    const { words } = this.#guided.target.text;
    const again = ["slabfuzz fuzz --guided --coverage", this.#path, ...words].join(" ");
    writeWholeFile(this.#path, this.#form(this.coverage, again));
  }
}
