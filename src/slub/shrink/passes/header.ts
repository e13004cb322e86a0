// A plainer machine: fewer debug options, no parameter that does not matter, the variant for one
// CPU, default memory.
import { omit } from "../../../base/fields.ts";
import type { Proposals } from "../../../target/shrink.ts";
import { untilNoneIsTaken } from "../../../target/shrink_passes.ts";
import { parseBootLine } from "../../program/boot_line.ts";
import type { Header, Program } from "../../program/op.ts";

const DEBUG = /^(sl[au]b_debug)=(.*)$/;
/** Variants by what they have; a program of an earlier one needs less. */
const PLAINER: Readonly<Record<string, readonly string[]>> = {
  updl: ["up"],
  smp: ["up"],
  smph: ["up", "updl", "smp"],
  debian: ["up", "updl", "smp", "smph"],
  v310nm: ["v310"],
};

/** The ways in which a header can be plainer. */
const WAYS: readonly ((header: Header) => Iterable<Header>)[] = [
  fewerFields,
  plainerVariants,
  fewerParameters,
  fewerDebugBlocks,
  fewerDebugLetters,
];

export function* plainMachine(program: Program): Proposals<Program> {
  let kept = program;
  for (const way of WAYS) {
    kept = yield* untilNoneIsTaken(kept, ({ header, ops }) => withHeaders(way(header), ops));
  }
}

function* withHeaders(headers: Iterable<Header>, ops: Program["ops"]): Iterable<Program> {
  for (const header of headers) yield { header, ops };
}

function* fewerFields(header: Header): Iterable<Header> {
  for (const key of ["seed", "config", "phys", "cpus"] as const) {
    if (header[key] !== undefined) yield omit(header, key);
  }
}

function* plainerVariants(header: Header): Iterable<Header> {
  if (header.boot === undefined) return;
  const { variant, parameters } = parseBootLine(header.boot);
  for (const other of PLAINER[variant] ?? []) {
    yield { ...omit(header, "cpus"), boot: [other, ...parameters].join(" ") };
  }
}

function* fewerParameters(header: Header): Iterable<Header> {
  const words = wordsOf(header);
  for (let index = words.length - 1; index > 0; index--) yield withWords(header, index, []);
}

function* fewerDebugBlocks(header: Header): Iterable<Header> {
  for (const { index, name, value } of debugOf(header)) {
    const blocks = value.split(";");
    for (let block = blocks.length - 1; block >= 0 && blocks.length > 1; block--) {
      const rest = blocks.filter((_, i) => i !== block).join(";");
      yield withWords(header, index, [`${name}=${rest}`]);
    }
  }
}

function* fewerDebugLetters(header: Header): Iterable<Header> {
  for (const { index, name, value } of debugOf(header)) {
    for (let at = value.length - 1; at >= 0; at--) {
      if (!/[A-Za-z]/.test(value[at]) || isInName(value, at)) continue;
      const rest = value.slice(0, at) + value.slice(at + 1);
      if (rest !== "") yield withWords(header, index, [`${name}=${rest}`]);
    }
  }
}

/** Behind a comma stand names of caches. */
function isInName(value: string, at: number): boolean {
  return value.slice(value.lastIndexOf(";", at) + 1, at).includes(",");
}

function* debugOf(header: Header) {
  for (const [index, word] of wordsOf(header).entries()) {
    const [, name, value] = DEBUG.exec(word) ?? [];
    if (name !== undefined) yield { index, name, value };
  }
}

function wordsOf({ boot }: Header): readonly string[] {
  return boot === undefined ? [] : boot.split(/\s+/);
}

function withWords(header: Header, index: number, words: readonly string[]): Header {
  const all = [...wordsOf(header)];
  all.splice(index, 1, ...words);
  return { ...header, boot: all.join(" ") };
}
