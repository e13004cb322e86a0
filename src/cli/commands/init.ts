// slabfuzz init: what a project needs for the gate, in files that work as they are.
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import type { Command } from "commander";
import { packagePath } from "../../base/package_file.ts";
import { UserError } from "../../base/user_error.ts";
import { readTextFile, writeWholeFile } from "../../base/whole_file.ts";
import { firstProgramOf } from "../../checks/gate/module_plan.ts";
import { isModule, moduleTargetFor, requireTarget } from "../../targets/targets.ts";
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
  const isThere = existsSync(target) || !target.endsWith(".wasm");
  const isForeign = isThere && (await isModule(target));
  const files = isForeign ? await moduleFiles(target) : coreFiles(target);
  const inTheWay = [...Object.keys(files), ...CONFIG_FILES].find((path) => existsSync(path));
  if (inTheWay !== undefined) throw new UserError(`${inTheWay}: is there already`);
  for (const [path, text] of Object.entries(files)) {
    ensureFolder(dirname(path));
    writeWholeFile(path, text);
    print(`wrote ${path}`);
  }
  if (!isThere) {
    print(`${target}: is not there yet, and is taken for a build of slabfuzz's core`);
  }
  if (!existsSync("node_modules/slabfuzz")) {
    print("the workflow needs it in the project: npm install --save-dev slabfuzz");
  }
  print("try it: npx slabfuzz ci --quick");
  if (!isForeign) return;
  const cost = shellLine(["npx", "slabfuzz", "cost", target, "--update"]);
  print(`the gate counts what operations cost once there is a baseline: ${cost}`);
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

/** Refuses a module without an allocator: nothing of it runs for that. */
async function moduleFiles(target: string): Promise<Files> {
  const { loaded } = await moduleTargetFor({ target });
  return {
    "slabfuzz.config.ts": config(target),
    "corpus/blocks.slab": firstProgramOf({ target }, loaded.plan.binding),
    [WORKFLOW]: template("slabfuzz.yml"),
  };
}

function coreFiles(target: string): Files {
  return {
    "slabfuzz.config.ts": config(target),
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

function config(target: string): string {
  return `// What slabfuzz is told; options of its commands override it ("slabfuzz help ci").
import { defineConfig } from "slabfuzz";

export default defineConfig({
  target: ${JSON.stringify(target)},
${CI_SETTINGS}});
`;
}
