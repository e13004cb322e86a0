// slabfuzz completion: a script that completes command lines in a shell. What the script knows
// comes from the commands themselves; the texts of examples/completion/ have a place for it.
import { Argument, type Command } from "commander";
import { packagePath } from "../../base/package_file.ts";
import { readTextFile } from "../../base/whole_file.ts";
import { helpText } from "../help_text.ts";
import { type CommandEntry, commandEntries } from "../options/option.ts";
import { printText } from "../terminal.ts";

const SHELLS = ["bash", "zsh", "fish"] as const;
type Shell = (typeof SHELLS)[number];

export function register(program: Command): void {
  program
    .command("completion")
    .description("print a script that completes commands in a shell")
    .addArgument(new Argument("<shell>", "the shell").choices(SHELLS))
    .addHelpText("after", () => helpText("completion"))
    .action((shell: Shell) => printText(completionScript(program, shell)));
}

function completionScript(program: Command, shell: Shell): string {
  const entries = commandEntries(program);
  const commands = namesBelow("", entries);
  const help = { name: "help", arguments: [{ name: "command", words: commands }], options: [] };
  const all = [...entries, help];
  const names = all.filter(({ name }) => name !== "").map(({ name }) => `'${name}'`);
  const rows = [...placesByOffer(all)].map(([offer, places]) => rowOf(shell, offer, places));
  return readTextFile(packagePath(`examples/completion/${shell}`))
    .replaceAll("NAMES", () => names.join(shell === "fish" ? " " : "|"))
    .replace("ROWS", () => rows.join("\n"));
}

/** Stands among words where file names may stand, too. */
const FILES = "FILES";
const FILE_VALUE = /^(file|folder|source|target)s?$/;

/** A place is a command, or an option of it that has a value: `fuzz --bugs`. */
function placesByOffer(entries: readonly CommandEntry[]): ReadonlyMap<string, readonly string[]> {
  const places = new Map<string, string[]>();
  const add = (place: string, words: readonly string[], value = ""): void => {
    const offer = [...words, ...(FILE_VALUE.test(value) ? [FILES] : [])].join(" ");
    places.set(offer, [...(places.get(offer) ?? []), place]);
  };
  for (const {
    name,
    arguments: [first],
    options,
  } of entries) {
    const flags = [...options.map((one) => flagOf(one.name)), "--help"];
    add(name, [...namesBelow(name, entries), ...(first?.words ?? []), ...flags], first?.name);
    for (const { name: flags, words } of options) {
      const value = /[<[](.*)[>\]]/.exec(flags)?.[1];
      if (value !== undefined) add(`${name} ${flagOf(flags)}`, words, value);
    }
  }
  return places;
}

/** `add`, `list` and `check` of `corpus`. */
function namesBelow(name: string, entries: readonly CommandEntry[]): readonly string[] {
  const start = name === "" ? "" : `${name} `;
  const below = entries.filter((one) => one.name !== "" && one.name.startsWith(start));
  return below.map((one) => one.name.slice(start.length)).filter((one) => !one.includes(" "));
}

function flagOf(flags: string): string {
  return /--[\w-]+/.exec(flags)?.[0] ?? flags;
}

function rowOf(shell: Shell, offer: string, places: readonly string[]): string {
  const keys = places.map((place) => `'${place}'`);
  if (shell === "fish") {
    return `        case ${keys.join(" ")}\n            string split -n -- ' ' '${offer}'; or true`;
  }
  const files = offer.endsWith(FILES) ? "yes" : "''";
  return `    ${keys.join("|")}) offer='${offer.replace(FILES, "")}' files=${files} ;;`;
}
