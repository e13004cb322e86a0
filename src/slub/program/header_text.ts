// The header of a script: `# key: value` lines among the comments before the first operation.
import { assert } from "../../base/assert.ts";
import { highWord } from "../../base/bytes.ts";
import { parseHex64 } from "../../base/hex.ts";
import { unknownText } from "../../base/option_text.ts";
import { CommentList } from "../../base/text_lines.ts";
import { UserError } from "../../base/user_error.ts";
import { parseUnsigned } from "./arguments.ts";
import { parseBootLine } from "./boot_line.ts";
import type { Header, PhysicalMemory } from "./op.ts";
import { checkMemory } from "./physical_memory.ts";
import { isProfileName, PROFILES, VARIANTS } from "./variant.ts";

const HEADER_LINE = /^#\s*(boot|profile|cpus|phys|seed|config)\s*:\s*(.*)$/;
/** Anything else behind that word is a comment, as it was before there were targets. */
const TARGET_LINE = /^#\s*(target)\s*:\s*(slub|canary:[a-z0-9-]+|\S.*\.wasm)\s*$/;

/** The line says something about the machine; other lines that begin with # are comments. */
export function isHeaderLine(line: string): boolean {
  return HEADER_LINE.test(line) || TARGET_LINE.test(line);
}

type Key = Exclude<keyof Header, "comments">;
type MutableHeader = { -readonly [K in Key]?: Header[K] };

/** Collects header lines; `finish` gives the header. */
export class HeaderReader {
  readonly #header: MutableHeader = {};
  readonly #comments = new CommentList();

  /** Takes in a line that begins with `#`. */
  line(text: string): void {
    const [, key, value] = HEADER_LINE.exec(text) ?? TARGET_LINE.exec(text) ?? [];
    if (key === undefined) this.#comments.add(text.slice(1).replace(/^ /, ""));
    else this.#set(key as Key, value.trim());
  }

  finish(): Header {
    const { boot, profile } = this.#header;
    if (boot !== undefined && profile !== undefined) {
      const isOld = VARIANTS[parseBootLine(boot).variant].isOld;
      if (isOld !== (profile === "v3.10")) {
        throw new UserError(
          `boot variant ${boot.split(/\s/)[0]} is no configuration of ${profile}`,
        );
      }
    }
    return { ...this.#header, comments: this.#comments.comments };
  }

  #set(key: Key, value: string): void {
    if (this.#header[key] !== undefined) throw new UserError(`"# ${key}:" stands here twice`);
    Object.assign(this.#header, { [key]: readValue(key, value) });
  }
}

function readValue(key: Key, value: string): Header[Key] {
  switch (key) {
    case "boot":
      parseBootLine(value);
      return value;
    case "profile":
      if (!isProfileName(value)) {
        throw new UserError(unknownText("profile", value, PROFILES));
      }
      return value;
    case "cpus":
      return readNumber(key, value);
    case "phys":
      return readMemory(value);
    case "seed":
      return readSeed(value);
    case "config":
    case "target":
      return value;
  }
}

function readNumber(key: Key, value: string): number {
  const number = parseUnsigned(value);
  if (number === undefined) {
    throw new UserError(`"# ${key}:" needs a number, not ${JSON.stringify(value)}`);
  }
  return number;
}

function readMemory(value: string): PhysicalMemory {
  const words = value.split(/\s+/);
  if (words.length !== 2) throw new UserError('"# phys:" needs a page frame and a count of pages');
  const [basePfn, pages] = words.map((word) => readNumber("phys", word));
  checkMemory({ basePfn, pages });
  return { basePfn, pages };
}

function readSeed(value: string): bigint {
  const seed = /^0x/.test(value) ? parseHex64(value) : undefined;
  if (seed === undefined) throw new UserError('"# seed:" needs up to 16 hex digits after 0x');
  return seed;
}

/** The header as lines: what the machine is first, comments behind. */
export function printHeader(header: Header): readonly string[] {
  const lines: string[] = [];
  if (header.boot !== undefined) lines.push(`# boot: ${header.boot}`);
  if (header.profile !== undefined) lines.push(`# profile: ${header.profile}`);
  if (header.cpus !== undefined) lines.push(`# cpus: ${header.cpus}`);
  if (header.phys !== undefined) lines.push(`# phys: ${printMemory(header.phys)}`);
  if (header.seed !== undefined) lines.push(`# seed: ${printSeed(header.seed)}`);
  if (header.config !== undefined) lines.push(`# config: ${header.config}`);
  if (header.target !== undefined) lines.push(`# target: ${header.target}`);
  return [...lines, ...(header.comments ?? []).map(printComment)];
}

function printMemory({ basePfn, pages }: PhysicalMemory): string {
  return `0x${basePfn.toString(16)} ${pages}`;
}

function printSeed(seed: bigint): string {
  assert(highWord(seed >> 32n) === 0, "a seed has 64 bits");
  return `0x${seed.toString(16)}`;
}

function printComment(comment: string): string {
  const line = comment === "" ? "#" : `# ${comment}`;
  assert(!isHeaderLine(line) && !/[\r\n]/.test(line), "a comment is one line and no header");
  return line;
}
