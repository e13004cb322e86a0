// How each operation is written, and which record of the core it becomes: the one table that the
// reader and the printer of scripts, their messages, `encode.ts` and `decode.ts` go by.
import { Op } from "../../abi.ts";
import { hex8 } from "../../base/hex.ts";
import type { Arguments } from "./arguments.ts";
import { HostOp } from "./image.ts";
import type { Address, OpWord, ProgramOp } from "./op.ts";

/** One argument of an operation: the field that it becomes, and how it is written. */
interface Syntax<T> {
  readonly field: string;
  /** For messages. In brackets: it may be missing; with ... behind it, it may be repeated. */
  readonly usage: string;
  readonly read: (args: Arguments) => T;
  readonly print: (value: T) => string | number | readonly string[];
}

type Plain = string | number;

/** An argument that is printed as it is kept. */
function plain<T extends Plain>(field: string, usage: string, read: (args: Arguments) => T) {
  return { field, usage, read, print: (value: T): Plain => value };
}

function place(field: string, usage = "TARGET"): Syntax<Address> {
  return { field, usage, read: (args) => args.target(), print: printAddress };
}

/** A last word that may be missing. */
function mark(field: string, word: string): Syntax<boolean> {
  const read = (args: Arguments) => args.optional(word);
  return { field, usage: `[${word}]`, read, print: (isSet) => (isSet ? [word] : []) };
}

export const ARGUMENTS = {
  cache: plain("name", "NAME", (args) => args.cache()),
  newCache: plain("name", "NAME", (args) => args.newCache()),
  size: plain("size", "SIZE", (args) => args.size()),
  align: plain("align", "ALIGN", (args) => args.number()),
  flags: plain("flags", "FLAGS", (args) => args.flags()),
  ctor: mark("ctor", "ctor"),
  ctorDigit: {
    field: "ctor",
    usage: "0|1",
    read: (args) => args.oneOf(["0", "1"]) === "1",
    print: Number,
  } as Syntax<boolean>,
  freeOffset: plain("offset", "N", (args) => args.number()),
  slot: plain("slot", "SLOT", (args) => args.newSlot()),
  pointerSlot: plain("slot", "NEW", (args) => args.newSlot()),
  nextSlot: plain("slot", "NEWSLOT", (args) => args.newSlot()),
  regionSlot: plain("slot", "NAME", (args) => args.newSlot()),
  zero: mark("zero", "z"),
  count: plain("count", "N", (args) => args.count()),
  prefix: plain("prefix", "PREFIX", (args) => args.prefix()),
  target: place("target"),
  walked: place("target", "HEAD"),
  pointer: place("target"),
  value: place("value"),
  other: place("other"),
  head: place("head", "HEAD"),
  targets: {
    field: "targets",
    usage: "TARGET...",
    read: readTargets,
    print: (targets) => targets.map(printAddress),
  } as Syntax<readonly Address[]>,
  offset: plain("offset", "OFF", (args) => args.offset()),
  xorOffset: plain("offset", "OFF|fp", (args) => args.offsetOrFreePointer()),
  bytes: plain("size", "SIZE", (args) => args.number()),
  length: plain("length", "LEN", (args) => args.number()),
  readLength: plain("length", "LEN", (args) => args.readLength()),
  byte: { ...plain("byte", "HEXBYTE", (args) => args.hexByte()), print: hex8 },
  hex: plain("hex", "HEX", (args) => args.hex()),
  pfn: { ...plain("pfn", "HEX", (args) => args.pfn()), print: (pfn: number) => pfn.toString(16) },
  cpu: plain("cpu", "N", (args) => args.number()),
  address: {
    ...{ field: "address", usage: "ADDRESS", read: (args) => args.address() },
    print: (address) => `0x${address.toString(16)}`,
  } as Syntax<bigint>,
  regionSize: plain("size", "SIZE", (args) => args.regionSize()),
} as const;

export type ArgumentKind = keyof typeof ARGUMENTS;

interface Operation {
  readonly code: Op;
  /** Tells operations of the same code apart. */
  readonly aux: number;
  /** In the order in which they are written. */
  readonly args: readonly ArgumentKind[];
}

function core(code: Op, ...args: ArgumentKind[]): Operation {
  return { code, aux: 0, args };
}

/** The core passes over it, and the host answers. */
function host(aux: number, ...args: ArgumentKind[]): Operation {
  return { code: Op.NOP, aux, args };
}

export const SYNTAX: Readonly<Record<OpWord, Operation>> = {
  cache: core(Op.CACHE, "newCache", "size", "align", "flags", "ctor"),
  geometry: host(HostOp.GEOMETRY, "cache"),
  geomtsv: host(HostOp.GEOMTSV, "size", "align", "flags", "ctorDigit"),
  setoffset: core(Op.SET_OFFSET, "cache", "freeOffset"),
  alloc: core(Op.ALLOC, "cache", "slot", "zero"),
  allocn: core(Op.ALLOC_N, "cache", "count", "prefix"),
  free: core(Op.FREE, "cache", "target"),
  freen: core(Op.FREE_N, "cache", "count", "prefix"),
  freeoff: { code: Op.FREE, aux: 1, args: ["cache", "target", "offset"] },
  bulkalloc: core(Op.BULK_ALLOC, "cache", "count", "prefix"),
  bulkfree: core(Op.BULK_FREE, "cache", "targets"),
  kmalloc: core(Op.KMALLOC, "bytes", "slot", "zero"),
  kfree: core(Op.KFREE, "target"),
  krealloc: core(Op.KREALLOC, "target", "bytes", "nextSlot"),
  ksize: core(Op.KSIZE, "target"),
  kgeometry: host(HostOp.KGEOMETRY, "target"),
  kvalidate: core(Op.KVALIDATE, "target"),
  write: core(Op.WRITE, "target", "offset", "hex"),
  fill: core(Op.FILL, "target", "offset", "length", "byte"),
  read: core(Op.READ, "target", "offset", "readLength"),
  xor: core(Op.XOR, "target", "xorOffset", "hex"),
  wptr: core(Op.WPTR, "target", "offset", "value"),
  rptr: core(Op.RPTR, "target", "offset"),
  wfp: core(Op.WFP, "cache", "target", "value"),
  rfp: core(Op.RFP, "cache", "target"),
  slot: core(Op.SLOT, "pointerSlot", "pointer"),
  cmp: host(HostOp.CMP, "target", "other"),
  sym: host(HostOp.SYM, "target"),
  validate: core(Op.VALIDATE, "cache"),
  shrink: core(Op.SHRINK, "cache"),
  destroy: core(Op.DESTROY, "cache"),
  state: { code: Op.STATE, aux: HostOp.STATE, args: ["cache"] },
  list: { code: Op.STATE, aux: HostOp.LIST, args: ["cache"] },
  ctorcalls: core(Op.CTORCALLS),
  listinit: core(Op.LIST_INIT, "target"),
  listadd: core(Op.LIST_ADD, "target", "head"),
  listaddtail: core(Op.LIST_ADD_TAIL, "target", "head"),
  listdel: core(Op.LIST_DEL, "target"),
  listwalk: host(HostOp.LISTWALK, "walked"),
  scrub: core(Op.SCRUB),
  info: host(HostOp.INFO),
  nextpfn: core(Op.NEXT_PFN, "pfn"),
  cpu: core(Op.CPU, "cpu"),
  region: core(Op.REGION, "regionSlot", "address", "regionSize"),
};

const SHARED_CODES: readonly Op[] = [Op.NOP, Op.STATE, Op.FREE];
const WORDS = new Map(
  Object.entries(SYNTAX).map(([word, { code, aux }]) => [(aux << 8) | code, word as OpWord]),
);

/** The operation of a record; in `aux`, only some codes say which one it is. */
export function wordOfRecord(code: Op, aux: number): OpWord | undefined {
  return WORDS.get(SHARED_CODES.includes(code) ? (aux << 8) | code : code);
}

export const OP_WORDS: readonly string[] = Object.keys(SYNTAX);

export function isOpWord(word: string): word is OpWord {
  return Object.hasOwn(SYNTAX, word);
}

/** An operation's line of the script language. */
export function printOp(op: ProgramOp): string {
  const values = op as unknown as Readonly<Record<string, never>>;
  const words = SYNTAX[op.op].args.map((name) => {
    const { field, print } = ARGUMENTS[name];
    return print(values[field]);
  });
  return [op.op, ...words.flat()].join(" ");
}

/** `free NAME TARGET`. */
export function usageOf(op: OpWord): string {
  return [op, ...SYNTAX[op].args.map((name) => ARGUMENTS[name].usage)].join(" ");
}

/** Reads the arguments of an operation, each in the order of its syntax. */
export function readOp(op: OpWord, args: Arguments, count: number): ProgramOp {
  const known = SYNTAX[op].args.map((name) => ARGUMENTS[name]);
  const usages = known.map(({ usage }) => usage);
  const least = usages.filter((usage) => !usage.startsWith("[")).length;
  const isOpen = usages.at(-1)?.endsWith("...") ?? false;
  if (count < least || (count > usages.length && !isOpen)) {
    args.fail(`usage: ${usageOf(op)}`);
  }
  const fields = known.map(({ field, read }) => [field, read(args)]);
  return { op, ...Object.fromEntries(fields) };
}

/** A list may name slots that nothing ever filled: they are passed over. */
function readTargets(args: Arguments): readonly Address[] {
  const targets: Address[] = [];
  while (!args.isEmpty) targets.push(args.anyTarget());
  return targets;
}

/** A place, as the language writes it. */
function printAddress({ slot, offset }: Address): string {
  if (offset === 0) return slot;
  return offset < 0 ? `${slot}${offset}` : `${slot}+${offset}`;
}
