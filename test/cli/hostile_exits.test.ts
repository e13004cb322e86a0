// Names that a module has, on every way out: what commands print, and what they write.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { slabfuzz } from "../helper/command.ts";
import {
  type Exit,
  HARMLESS_NAME,
  HOSTILE_NAMES,
  harmIn,
  writeMappedModuleNamed,
  writeModuleNamed,
} from "../helper/hostile_names.ts";
import { partOf } from "../helper/part_of.ts";

const home = process.cwd();
const folder = mkdtempSync(join(tmpdir(), "slabfuzz-exits-"));
beforeAll(() => process.chdir(folder));
afterAll(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true });
});

/** How a file is read, by the end of its name. */
const EXITS: Readonly<Record<string, Exit>> = {
  ".txt": "text",
  ".slab": "text",
  ".wat": "text",
  ".json": "json",
  ".sarif": "json",
  ".xml": "xml",
  ".md": "markdown",
  ".html": "html",
};

/** What was said, and what was written, with how it is read. */
interface Shown {
  readonly place: string;
  readonly text: string;
  readonly exit: Exit;
}

const SEED = ["--seed", "5"];

/** All ways out for a module: a campaign with pages, a check, the gate, and single programs. */
async function shownOf(name: string, module: string, out: string): Promise<readonly Shown[]> {
  const [named, mapped] = [join(out, "named.wasm"), join(out, "mapped.wasm")];
  const target = ["--target", module];
  const campaign = [
    "fuzz",
    ...target,
    ...SEED,
    "--cases",
    "12",
    "--ops",
    "200",
    "--out",
    `${out}/f`,
  ];
  const gate = ["ci", ...target, ...SEED, "--sections", "fuzz", "--time", "200ms", "--quick"];
  const check = ["targets", "check", module, ...SEED, "--time", "200ms"];
  const mutants = (path: string) => {
    return ["mutate", path, "--sample", "1", "--report", `${path}.json`];
  };
  const { out: campaignText } = await slabfuzz(...campaign, "--pages", "--json");
  const { findings } = JSON.parse(campaignText);
  const commands: readonly (readonly [Exit, readonly string[]])[] = [
    ["text", ["targets", "inspect", module]],
    ["json", ["targets", "inspect", module, "--json"]],
    ["text", ["targets", "inspect", module, "--exports", `malloc=${name},free=free`]],
    ["text", [...check, "--junit", `${out}/check.xml`]],
    ["text", [...gate, "--out", `${out}/ci`, "--annotations", "--step-summary", `${out}/step.md`]],
    ["text", ["replay", findings[0].folder]],
    ["json", ["replay", findings[0].folder, "--format", "json"]],
    ["text", mutants(mapped)],
    ["text", mutants(named)],
  ];
  const said: Shown[] = [{ place: "fuzz", text: campaignText, exit: "json" }];
  for (const [exit, words] of commands) {
    const { out: text, error } = await slabfuzz(...words);
    const place = words.slice(0, 2).join(" ");
    said.push({ place, text, exit }, { place: `${place} (stderr)`, text: error, exit: "text" });
  }
  return [...said, ...writtenIn(out)];
}

/** One that gives up, and two that are right: with a source map, and without one. */
function writeModules(name: string, module: string, out: string): void {
  writeModuleNamed(name, module);
  writeModuleNamed(name, join(out, "named.wasm"), false);
  writeMappedModuleNamed(name, join(out, "mapped.wasm"));
}

function writtenIn(out: string): readonly Shown[] {
  const names = readdirSync(out, { recursive: true, encoding: "utf8" });
  return names.flatMap((name) => {
    const exit = EXITS[extname(name)];
    return exit === undefined
      ? []
      : [{ place: name, text: readFileSync(join(out, name), "utf8"), exit }];
  });
}

/** Names that fit into one: each way out takes its time. `npm test` tries the first. */
const GROUPS: readonly (readonly (keyof typeof HOSTILE_NAMES)[])[] = [
  ["control characters", "line breaks", "an order of its own", "no end"],
  ["an element of HTML", "the end of a script", "marks of Markdown", "marks of XML"],
  ["a property of all objects"],
];
const TOGETHER = partOf(GROUPS, GROUPS.length);

describe.each(TOGETHER.map((tries) => [tries.join(", "), tries] as const))(
  "a name with %s",
  (_, tries) => {
    it("is a name on all ways out of a module that has it everywhere", async () => {
      const name = tries.map((one) => HOSTILE_NAMES[one]).join("");
      const isOfFile = name.length < 100 && !/[/\p{C}\u2028]/u.test(name);
      const out = mkdtempSync("names-");
      const module = join(out, isOfFile ? `${name}.wasm` : "module.wasm");
      writeModules(name, module, out);
      const shown = await shownOf(name, module, out);
      expect(new Set(shown.map(({ exit }) => exit))).toEqual(new Set(Object.values(EXITS)));
      const harms = shown.flatMap(({ place, text, exit }) => {
        return harmIn(text, exit).map((harm) => `${place} ${harm}`);
      });
      expect(harms).toEqual([]);
    });
  },
);

it("a harmless name stays as it is on all ways out", async () => {
  const out = mkdtempSync("harmless-");
  const module = join(out, `${HARMLESS_NAME}.wasm`);
  writeModules(HARMLESS_NAME, module, out);
  const shown = await shownOf(HARMLESS_NAME, module, out);
  const exits = shown.flatMap(({ text, exit }) => (text.includes(HARMLESS_NAME) ? [exit] : []));
  expect([...new Set(exits)].sort()).toEqual(["html", "json", "markdown", "text", "xml"]);
  expect(shown.flatMap(({ text, exit }) => harmIn(text, exit))).toEqual([]);
});

describe("a text that shows a hostile name as it is", () => {
  it.each([
    ["control characters", "text", "holds characters that nobody sees"],
    ["line breaks", "text", "gives a workflow a command"],
    ["an order of its own", "json", "holds characters that nobody sees"],
    ["no end", "text", "has no end"],
    ["an element of HTML", "html", "has an element"],
    ["an element of HTML", "markdown", "has an element"],
    ["the end of a script", "html", "ends a script"],
    ["marks of Markdown", "markdown", "marks up"],
    ["marks of XML", "xml", "is no XML"],
  ] as const)("is seen: %s in %s", (what, exit, harm) => {
    expect(harmIn(HOSTILE_NAMES[what], exit)).toContain(harm);
  });
});
