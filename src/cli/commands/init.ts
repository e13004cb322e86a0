// slabfuzz init: what a project needs for the gate, in files that work as they are.
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import type { Command } from "commander";
import { packagePath } from "../../base/package_file.ts";
import { UserError } from "../../base/user_error.ts";
import { readTextFile, writeWholeFile } from "../../base/whole_file.ts";
import { parseCore } from "../../slub/named_core.ts";
import { ensureFolder } from "../case_options.ts";
import { CONFIG_FILES } from "../config/load.ts";
import { helpText } from "../help_text.ts";
import { print } from "../terminal.ts";

interface InitOptions {
  readonly target: string;
}

export function register(program: Command): void {
  program
    .command("init")
    .description("write a config, a corpus, and a workflow that runs the gate")
    .option("--target <target>", "what the gate is for: slub, or FILE.wasm", "slub")
    .addHelpText("after", () => helpText("init"))
    .action(run);
}

function run({ target }: InitOptions): void {
  const files = initFiles(parseCore(target).name);
  const inTheWay = [...Object.keys(files), ...CONFIG_FILES].find((path) => existsSync(path));
  if (inTheWay !== undefined) throw new UserError(`${inTheWay}: is there already`);
  for (const [path, text] of Object.entries(files)) {
    ensureFolder(dirname(path));
    writeWholeFile(path, text);
    print(`wrote ${path}`);
  }
  print("try it: npx slabfuzz ci --quick");
}

/** Paths from the project's folder, and their texts. */
function initFiles(target: string): Readonly<Record<string, string>> {
  return {
    "slabfuzz.config.ts": config(target),
    // A byte behind an object: red zones see it.
    "corpus/off-by-one.slab": template("off-by-one.slab"),
    ".github/workflows/slabfuzz.yml": template("slabfuzz.yml"),
  };
}

function template(name: string): string {
  return readTextFile(packagePath(`examples/init/${name}`));
}

function config(target: string): string {
  return `// What slabfuzz is told; options of its commands override it ("slabfuzz help ci").
import { defineConfig } from "slabfuzz";

export default defineConfig({
  target: ${JSON.stringify(target)},
  ci: {
    // What must not change: "npx slabfuzz corpus add FINDING" adds a program.
    corpus: "corpus",
    // Reports and findings.
    out: "slabfuzz-ci",
    // How long the campaign at the end of a full run takes.
    time: "30s",
  },
});
`;
}
