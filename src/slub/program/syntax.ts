// How each operation is written: the one table that the parser's arity checks, its messages and the
// command line's help are made from.
//
// An argument in brackets may be missing; one that ends in ... may be repeated.
import type { OpWord } from "./op.ts";

export const SYNTAX: Readonly<Record<OpWord, string>> = {
  cache: "NAME SIZE ALIGN FLAGS [ctor]",
  geometry: "NAME",
  geomtsv: "SIZE ALIGN FLAGS 0|1",
  setoffset: "NAME N",
  alloc: "NAME SLOT [z]",
  allocn: "NAME N PREFIX",
  free: "NAME TARGET",
  freen: "NAME N PREFIX",
  freeoff: "NAME TARGET OFF",
  bulkalloc: "NAME N PREFIX",
  bulkfree: "NAME TARGET...",
  kmalloc: "SIZE SLOT [z]",
  kfree: "TARGET",
  krealloc: "TARGET SIZE NEWSLOT",
  ksize: "TARGET",
  kgeometry: "TARGET",
  kvalidate: "TARGET",
  write: "TARGET OFF HEX",
  fill: "TARGET OFF LEN HEXBYTE",
  read: "TARGET OFF LEN",
  xor: "TARGET OFF|fp HEX",
  wptr: "TARGET OFF TARGET",
  rptr: "TARGET OFF",
  wfp: "NAME TARGET TARGET",
  rfp: "NAME TARGET",
  slot: "NEW TARGET",
  cmp: "TARGET TARGET",
  sym: "TARGET",
  validate: "NAME",
  shrink: "NAME",
  destroy: "NAME",
  state: "NAME",
  list: "NAME",
  ctorcalls: "",
  listinit: "TARGET",
  listadd: "TARGET HEAD",
  listaddtail: "TARGET HEAD",
  listdel: "TARGET",
  listwalk: "HEAD",
  scrub: "",
  info: "",
  nextpfn: "HEX",
  cpu: "N",
  region: "NAME ADDRESS SIZE",
};

/** How many arguments an operation takes. */
interface Arity {
  readonly min: number;
  readonly max: number;
}

export function isOpWord(word: string): word is OpWord {
  return Object.hasOwn(SYNTAX, word);
}

/** The number of arguments that an operation's syntax allows. */
export function arityOf(word: OpWord): Arity {
  const parts = SYNTAX[word].split(" ").filter((part) => part !== "");
  const optional = parts.filter((part) => part.startsWith("[")).length;
  const isOpen = parts.at(-1)?.endsWith("...") ?? false;
  return { min: parts.length - optional, max: isOpen ? Number.POSITIVE_INFINITY : parts.length };
}

/** The whole operation as it is written, for messages. */
export function usageOf(word: OpWord): string {
  return `${word} ${SYNTAX[word]}`.trimEnd();
}
