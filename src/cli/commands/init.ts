// slabfuzz init: what a project needs for the gate, in files that work as they are. The gate is for
// builds of our own core; a module with another allocator gets a campaign in its place.
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import type { Command } from "commander";
import { packagePath } from "../../base/package_file.ts";
import { UserError } from "../../base/user_error.ts";
import { readTextFile, writeWholeFile } from "../../base/whole_file.ts";
import { isModule, requireTarget } from "../../targets/targets.ts";
import { ensureFolder } from "../case_options.ts";
import { CONFIG_FILES } from "../config/load.ts";
import { helpText } from "../help_text.ts";
import { print, shellLine } from "../terminal.ts";

interface InitOptions {
  readonly target: string;
}

export function register(program: Command): void {
  program
    .command("init")
    .description("write a config, a corpus and a CI workflow")
    .option("--target <target>", "target of the gate: slub, or FILE.wasm", "slub")
    .addHelpText("after", () => helpText("init"))
    .action(run);
}

async function run({ target }: InitOptions): Promise<void> {
  await requireTarget(target);
  refuseExpression(target);
  const isForeign = existsSync(target) && (await isModule(target));
  const files = isForeign ? moduleFiles(target) : coreFiles(target);
  const inTheWay = [...Object.keys(files), ...CONFIG_FILES].find((path) => existsSync(path));
  if (inTheWay !== undefined) throw new UserError(`${inTheWay}: is there already`);
  for (const [path, text] of Object.entries(files)) {
    ensureFolder(dirname(path));
    writeWholeFile(path, text);
    print(`wrote ${path}`);
  }
  const words = isForeign ? fuzzWords(target, "10s") : ["ci", "--quick"];
  if (target.endsWith(".wasm") && !existsSync(target)) {
    print(`${target}: is not there yet, and is taken for a build of slabfuzz's core`);
  }
  if (!existsSync("node_modules/slabfuzz")) {
    print("the workflow needs it in the project: npm install --save-dev slabfuzz");
  }
  print(`try it: ${shellLine(["npx", "slabfuzz", ...words])}`);
}

/** How an expression of a workflow begins. */
const EXPRESSION = "${{";

/** A workflow would take a part of such a name for something to work out. */
function refuseExpression(target: string): void {
  if (!target.includes(EXPRESSION)) return;
  throw new UserError(
    `${target}: holds ${EXPRESSION}, which GitHub evaluates: choose another name`,
  );
}

/** Paths from the project's folder, and their texts. */
type Files = Readonly<Record<string, string>>;

const WORKFLOW = ".github/workflows/slabfuzz.yml";

function fuzzWords(target: string, time: string): readonly string[] {
  return ["fuzz", "--target", target, "--time", time];
}

function moduleFiles(target: string): Files {
  const command = shellLine(["npx", "slabfuzz", ...fuzzWords(target, "60s")]);
  return {
    "slabfuzz.config.ts": config(target, FUZZ_SETTINGS),
    // A string in JSON's quotes means the same in YAML.
    [WORKFLOW]: template("fuzz.yml").replace("COMMAND", () => JSON.stringify(command)),
  };
}

function coreFiles(target: string): Files {
  return {
    "slabfuzz.config.ts": config(target, CI_SETTINGS),
    // A byte behind an object: red zones see it.
    "corpus/off-by-one.slab": template("off-by-one.slab"),
    [WORKFLOW]: template("slabfuzz.yml"),
  };
}

function template(name: string): string {
  return readTextFile(packagePath(`examples/init/${name}`));
}

const CI_SETTINGS = `  ci: {
    // What must not change: "npx slabfuzz corpus add FINDING" adds a program.
    corpus: "corpus",
    // Reports and findings.
    out: "slabfuzz-ci",
    // How long the campaign at the end of a full run takes.
    time: "30s",
  },
`;

const FUZZ_SETTINGS = `  // Operations of one program.
  ops: 100,
`;

function config(target: string, settings: string): string {
  return `// What slabfuzz is told; options of its commands override it ("slabfuzz help ci").
import { defineConfig } from "slabfuzz";

export default defineConfig({
  target: ${JSON.stringify(target)},
${settings}});
`;
}
