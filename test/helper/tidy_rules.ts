// The rules of the layout, each a function from a source file to its violations.
import { posix } from "node:path";
import type { SourceFile } from "./tree.ts";

/**
 * The rungs of src/, lowest first. A room imports from itself and from the rungs below; rooms that
 * share a rung do not import each other.
 */
export const RUNGS: readonly (readonly string[])[] = [
  ["base", "abi"],
  ["wasm", "pool", "html"],
  ["target"],
  ["slub", "module"],
  ["targets"],
  ["campaign"],
  ["compare", "search", "fleet"],
  ["export", "import", "checks"],
  ["view"],
  ["explain"],
  ["playground"],
  ["cli"],
];

/** The floors within slub/: each room imports from itself and from those to its left. */
export const SLUB_FLOORS = [
  "program",
  "oracle",
  "gen",
  "core",
  "detect",
  "run",
  "words",
  "shrink",
] as const;

export type Rule = (file: SourceFile) => readonly string[];

/** Imports go down: to the room itself, or to a rung below. */
export const importsGoDown: Rule = ({ path, text }) => {
  const own = roomOf(path);
  if (own === undefined) return [];
  return importsOf(path, text)
    .filter((target) => target.startsWith("src/"))
    .filter((target) => !mayImport(own, roomOf(target)))
    .map((target) => `${path} imports ${target}, which does not stand below it`);
};

/** Within slub/, imports go to the left; what lies beside the floors may import all of them. */
export const slubImportsGoLeft: Rule = ({ path, text }) => {
  const own = floorOf(path);
  if (own < 0) return [];
  return importsOf(path, text)
    .filter((target) => target.startsWith("src/slub/"))
    .filter((target) => floorOf(target) < 0 || floorOf(target) > own)
    .map((target) => `${path} imports ${target}, which stands to its right`);
};

/** src/abi.ts is the only door from src/ to assembly/. */
export const oneDoorToAssembly: Rule = ({ path, text }) =>
  !path.startsWith("src/") || path === "src/abi.ts"
    ? []
    : importsOf(path, text)
        .filter((target) => target.startsWith("assembly/"))
        .map((target) => `${path} imports ${target} beside the door`);

/** assembly/ imports nothing from outside. */
export const assemblyStandsAlone: Rule = ({ path, text }) =>
  path.startsWith("assembly/")
    ? importsOf(path, text)
        .filter((target) => !target.startsWith("assembly/"))
        .map((target) => `${path} imports ${target}`)
    : [];

/** A folder of assembly/ imports only from itself and from the folders before it. */
export const ASSEMBLY_LADDER: readonly string[] = ["abi", "base", "list", "page", "slab", "exec"];

/** Imports of the core go one way, too; the two files that export it may import from anywhere. */
export const coreImportsGoLeft: Rule = ({ path, text }) => {
  const own = coreRankOf(path);
  return importsOf(path, text)
    .filter((target) => coreRankOf(target) > own && own >= 0)
    .map((target) => `${path} imports ${target}, which stands to its right`);
};

function coreRankOf(path: string): number {
  const [root, folder] = path.split("/");
  return root === "assembly" ? ASSEMBLY_LADDER.indexOf(folder) : -1;
}

/** Invariants consist of asserts only, and each call of them stands behind DEBUG. */
const INVARIANTS = "assembly/slab/invariants.ts";

/** What the core asserts is for the debug build only, and is a statement of its own. */
export const assertsStandBehindDebug: Rule = ({ path, text }) =>
  !path.startsWith("assembly/") || path === INVARIANTS
    ? []
    : withoutComments(text)
        .split("\n")
        .flatMap((line, i) => (isOpenAssert(line) ? [`${at(path, i)}: ${line.trim()}`] : []));

function isOpenAssert(line: string): boolean {
  return /\b(assert|\w+_invariants)\(/.test(line) && !/^ *if \(DEBUG\b[^(]*\) /.test(line);
}

/** src/ imports neither its tests nor its benches nor tools. */
export const sourcesIgnoreTests: Rule = ({ path, text }) =>
  path.startsWith("src/")
    ? importsOf(path, text)
        .filter((target) => /^(test|bench|tools)\//.test(target))
        .map((target) => `${path} imports ${target}`)
    : [];

/** Clock and randomness only in src/base. */
export const chanceOnlyInBase = forbid(
  /\b(Date\b|performance\.|Math\.random|randomBytes|randomUUID|getRandomValues|node:crypto)/,
  (path) => path.startsWith("src/") && !path.startsWith("src/base/"),
);

/** Only the command line uses the process, and the clock, which reads the CPU time. */
export const processOnlyInCli = forbid(
  /\b(process\.\w|console\.\w|node:process)/,
  (path) => path.startsWith("src/") && !path.startsWith("src/cli/") && path !== "src/base/clock.ts",
);

/** What leaves for a terminal passes through one file, which spells out invisible characters. */
export const oneDoorToTheTerminal = forbid(
  /\b(process\.std(out|err)\.write|console\.\w)/,
  (path) => path.startsWith("src/") && path !== "src/cli/terminal.ts",
);

/** src/ uses the shared enums or string unions. */
export const noEnumInSources = forbid(/^\s*(export )?(const )?enum\b/, (path) =>
  path.startsWith("src/"),
);

/** A test that runs alone, or not at all, is a mistake. */
export const noStrayTests = forbid(/\b(it|test|describe)\.(only|skip|todo|fails)\b/, (path) =>
  /^(test|tools)\//.test(path),
);

// The brackets keep this line from finding itself.
const LEFT_TO_DO = /\b(TO[D]O|FIX[M]E)\b/;

/** Nothing is left to be done. */
export const nothingLeftToDo: Rule = ({ path, text }) =>
  text.split("\n").flatMap((line, i) => (LEFT_TO_DO.test(line) ? [at(path, i)] : []));

export const COLUMNS_MAX = 100;

/** Lines are short, so that two versions of a file fit side by side. */
export const linesAreShort: Rule = ({ path, text }) =>
  text
    .split("\n")
    .flatMap((line, i) => ([...line].length > COLUMNS_MAX ? [`${at(path, i)} is too long`] : []));

export const LINES_MAX = 450;

/** A file is one noun. */
export const filesAreShort: Rule = ({ path, text }) =>
  /^(src|tools)\//.test(path) && text.split("\n").length > LINES_MAX + 1
    ? [`${path} is too long`]
    : [];

/** Relative imports name the file. */
export const importsNameFiles: Rule = ({ path, text }) =>
  specifiersOf(text)
    .filter((name) => name.startsWith(".") && !name.endsWith(".ts"))
    .filter(() => !path.startsWith("assembly/"))
    .map((name) => `${path} imports ${name} without .ts`);

/** File names are lower_snake. */
export const namesAreLowerSnake: Rule = ({ path }) => {
  const isFine = /^[a-z0-9_]+(\.test|\.deep|\.d)?\.ts$/.test(posix.basename(path));
  return isFine ? [] : [`${path} is not lower_snake`];
};

/** Every file says first what it is for; an index only lists exports. */
export const filesBeginWithWords: Rule = ({ path, text }) => {
  const isList = posix.basename(path) === "index.ts" || path.endsWith(".test.ts");
  return isList || /^(#!.*\n)?(\/\/|\/\*)/.test(text) ? [] : [`${path} begins without a comment`];
};

/** Words that this program once used in a meaning of its own. */
const PRIVATE_WORDS = new Set([
  ...["seat", "flight", "court", "hearing", "exhibit", "opinion", "workshop", "crew", "rival"],
  ...["hunt", "certificate", "story", "conclude", "keeping", "trial"],
]);

/** No name of a file or in code holds a private word; a key of published JSON may. */
export const namesAreTheFields: Rule = ({ path, text }) => {
  const names = withoutStrings(withoutComments(text)).replace(/\bstory: (?=\w)/g, "");
  const found = [posix.basename(path, ".ts"), ...(names.match(/[A-Za-z_]\w*/g) ?? [])].filter(
    (name) => wordsOf(name).some((word) => PRIVATE_WORDS.has(word.replace(/s$/, ""))),
  );
  return [...new Set(found)].map((name) => `${path} has a private word in ${name}`);
};

/** The words of a name, in small letters: `bestOf_RUN` has best, of and run. */
function wordsOf(name: string): readonly string[] {
  return (name.match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g) ?? []).map((word) => word.toLowerCase());
}

/** Strings become empty; templates with insertions stay as they are. */
function withoutStrings(text: string): string {
  return text.replace(/"(?:[^"\\\n]|\\.)*"|`[^`$]*`/g, '""');
}

/** index.ts lists exports and does nothing. */
export const indexOnlyLists: Rule = ({ path, text }) => {
  if (path !== "src/index.ts") return [];
  const rest = withoutComments(text).replace(
    /export\s+(type\s+)?(\*|\{[^}]*\})\s+from\s+"[^"]+";/g,
    "",
  );
  return rest.trim() === "" ? [] : [`${path} does more than list exports: ${rest.trim()}`];
};

function forbid(pattern: RegExp, applies: (path: string) => boolean): Rule {
  return ({ path, text }) =>
    !applies(path)
      ? []
      : withoutComments(text)
          .split("\n")
          .flatMap((line, i) => (pattern.test(line) ? [`${at(path, i)}: ${line.trim()}`] : []));
}

/** Comments become blanks, so that line numbers stay. */
export function withoutComments(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, " "))
    .replace(/(^|\s)\/\/.*$/gm, "$1");
}

function at(path: string, lineIndex: number): string {
  return `${path}:${lineIndex + 1}`;
}

function specifiersOf(text: string): readonly string[] {
  const code = withoutComments(text);
  const found = code.matchAll(/(?:\bfrom\s+|\bimport\s+|\bimport\()\s*"([^"]+)"/g);
  return [...found].map((match) => match[1]);
}

/** What a file imports from the repository, as paths from the root. */
export function importsOf(path: string, text: string): readonly string[] {
  return specifiersOf(text)
    .filter((name) => name.startsWith("."))
    .map((name) => posix.normalize(posix.join(posix.dirname(path), name)));
}

interface Room {
  readonly name: string;
  readonly rung: number;
}

/** The room that a file of src/ lies in; undefined for the lists of exports beside the rooms. */
function roomOf(path: string): Room | undefined {
  if (!path.startsWith("src/")) return undefined;
  const name = path.split("/")[1].replace(/\.ts$/, "");
  const rung = RUNGS.findIndex((rooms) => rooms.includes(name));
  return rung < 0 ? undefined : { name, rung };
}

function mayImport(own: Room, other: Room | undefined): boolean {
  if (other === undefined) return false;
  return own.name === other.name || other.rung < own.rung;
}

/** The floor of slub/ that a file lies on, negative for none. */
function floorOf(path: string): number {
  const floor = /^src\/slub\/([a-z]+)\//.exec(path)?.[1] ?? "";
  return (SLUB_FLOORS as readonly string[]).indexOf(floor);
}
