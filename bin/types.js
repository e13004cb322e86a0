// The last step of the part `types` of bin/build.js: makes the type declarations in dist/ fit for any project.
//
// - assembly/abi is written with AssemblyScript's names of number types, which only slabfuzz knows.
// - WebAssembly is declared by the library "dom", which projects for Node mostly leave out.
// - A CommonJS file may require slabfuzz (Node does that with modules, too), but TypeScript refuses
//   to look at a module's declarations from there. Each entry gets declarations for CommonJS that
//   say the same.
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "dist");

// The scripts of the playground are in its page only.
rmSync(join(dist, "src/playground/page"), { recursive: true, force: true });
for (const path of declarationsIn(dist)) {
  const text = readFileSync(path, "utf8");
  const made = withKnownNames(text, path.startsWith(join(dist, "assembly")));
  if (made !== text) writeFileSync(path, made);
}
for (const entry of entries()) {
  writeFileSync(entry.replace(/\.d\.ts$/, ".d.cts"), declarationsForCommonJs(entry));
}

function declarationsIn(folder) {
  const names = readdirSync(folder, { recursive: true });
  return names.filter((name) => name.endsWith(".d.ts")).map((name) => join(folder, name));
}

function withKnownNames(text, isShared) {
  const known = isShared ? text.replace(/\b[iu](8|16|32)\b/g, "number") : text;
  const reference = '/// <reference lib="dom" />\n';
  return known.includes("WebAssembly.") && !known.includes(reference) ? reference + known : known;
}

/** The declarations that package.json exports. */
function entries() {
  const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const modules = Object.values(exports).filter((one) => typeof one === "object");
  return modules.map((one) => join(root, one.import.types));
}

function declarationsForCommonJs(entry) {
  const types = exportsOf(entry).map((name) => `  type ${name} = module.${name};`);
  const file = entry
    .replaceAll("\\", "/")
    .split("/")
    .at(-1)
    .replace(/\.d\.ts$/, ".js");
  return [
    `import type * as module from "./${file}" with { "resolution-mode": "import" };`,
    "declare const values: typeof module;",
    "declare namespace values {",
    ...types,
    "}",
    "export = values;",
    "",
  ].join("\n");
}

/** Names of the types that a module exports. */
function exportsOf(entry) {
  const options = { module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2022 };
  const program = ts.createProgram([entry], options);
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(program.getSourceFile(entry));
  return checker.getExportsOfModule(module).flatMap((symbol) => {
    const isAlias = symbol.flags & ts.SymbolFlags.Alias;
    const { flags, declarations } = isAlias ? checker.getAliasedSymbol(symbol) : symbol;
    if (!(flags & ts.SymbolFlags.Type)) return [];
    if (declarations.some(({ typeParameters }) => typeParameters !== undefined)) {
      throw new Error(`${symbol.name} has type parameters: teach bin/types.js to say them`);
    }
    return [symbol.name];
  });
}
