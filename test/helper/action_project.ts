// action.yml, as GitHub runs it: each script with bash, in a folder of a project that has slabfuzz,
// with inputs as variables and files for outputs. Steps that use other actions are not run; what
// the cache would bring back stays in the runner's folder.
import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

const root = fileURLToPath(new URL("../..", import.meta.url));

export interface Step {
  readonly name?: string;
  readonly id?: string;
  readonly uses?: string;
  readonly if?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, string>>;
}
export type Inputs = Readonly<Record<string, string>>;

/** A file of the repository, read. */
export const yaml = (path: string) => parse(readFileSync(join(root, path), "utf8"));
export const action = yaml("action.yml");
export const steps: readonly Step[] = action.runs.steps;
const defaults: Inputs = Object.fromEntries(
  Object.entries<{ default: string }>(action.inputs).map(([name, one]) => [name, one.default]),
);

/** A canary that one section shows. */
export const CANARY: Inputs = { target: "canary:merge-ignores-alignment", quick: "true" };

export interface ActionRun {
  readonly status: number;
  readonly text: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
}

export class ActionProject {
  readonly home = mkdtempSync(join(tmpdir(), "slabfuzz ä action-"));
  readonly folder = join(this.home, "project");
  readonly cacheFolder = join(this.home, "temp", "slabfuzz-corpus");

  constructor() {
    mkdirSync(join(this.folder, "node_modules"), { recursive: true });
    mkdirSync(join(this.home, "temp"));
    symlinkSync(root, join(this.folder, "node_modules", "slabfuzz"), "dir");
  }

  end(): void {
    rmSync(this.home, { recursive: true, force: true });
  }

  /** Runs the action's scripts until one fails. */
  run(inputs: Inputs, env: Readonly<Record<string, string>> = {}): ActionRun {
    const { home } = this;
    const files = { GITHUB_OUTPUT: join(home, "output"), GITHUB_STEP_SUMMARY: join(home, "sum") };
    for (const path of Object.values(files)) writeFileSync(path, "");
    const github = { GITHUB_ACTIONS: "true", GITHUB_ACTION_PATH: root, ...files };
    const known = { ...process.env, ...github, RUNNER_TEMP: join(home, "temp"), ...env };
    let [status, text] = [0, ""];
    for (const step of steps.filter(({ run }) => run !== undefined)) {
      const words = ["--noprofile", "--norc", "-eo", "pipefail", "-c", step.run!];
      const own = { ...known, ...variablesOf(step, { ...defaults, ...inputs }) };
      const ran = spawnSync("bash", words, { cwd: this.folder, env: own, encoding: "utf8" });
      text += ran.stdout + ran.stderr;
      status = ran.status ?? -1;
      if (status !== 0) break;
    }
    const lines = readFileSync(files.GITHUB_OUTPUT, "utf8").trimEnd().split("\n");
    const outputs = Object.fromEntries(lines.map((line) => line.split(/=(.*)/)));
    return { status, text, outputs, summary: readFileSync(files.GITHUB_STEP_SUMMARY, "utf8") };
  }

  /** A gate that checks one program, and what else is named. */
  givenGate(...more: readonly string[]): void {
    const program = readFileSync(join(root, "examples/init/off-by-one.slab"));
    mkdirSync(join(this.folder, "corpus"), { recursive: true });
    writeFileSync(this.#program, program);
    this.givenConfig({ ci: { sections: ["corpus", ...more] } });
  }

  givenConfig(config: object): void {
    writeFileSync(join(this.folder, "slabfuzz.config.json"), JSON.stringify(config));
  }

  /** The program stays within its object, so that no check has anything to say. */
  makeRed(): void {
    const text = readFileSync(this.#program, "utf8").replace("write a 64", "write a 63");
    writeFileSync(this.#program, text);
  }

  givenBaseline(name: string, signature: string): void {
    const more = "verdict: invariant\nreason: r\nowner: o\nexpires: 2999-01-01";
    writeFileSync(join(this.folder, name), `signature: ${signature}\n${more}\n`);
  }

  /** Of the program that the cache has. */
  get cachedSignature(): string {
    const [name] = readdirSync(this.cacheFolder).filter((one) => one.endsWith(".signature"));
    return readFileSync(join(this.cacheFolder, name), "utf8");
  }

  get #program(): string {
    return join(this.folder, "corpus", "off-by-one.slab");
  }
}

function variablesOf({ env = {} }: Step, inputs: Inputs): Record<string, string> {
  const value = (text: string) =>
    text.replace(/\$\{\{ inputs\.([\w-]+) \}\}/g, (_, n) => inputs[n]);
  return Object.fromEntries(Object.entries(env).map(([name, text]) => [name, value(text)]));
}
