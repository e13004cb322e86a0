// The fields of operations: what each is called in a program, how a script writes it, and where its
// value lies in a record of the core (assembly/abi/op.ts draws one).
import { BULK_MAX, FAIL_NTH_MAX } from "../../abi.ts";
import { hex8 } from "../../base/hex.ts";
import { type Address, printAddress } from "./address.ts";
import type { Arguments } from "./arguments.ts";

/**
 * Where a value lies in a record. A target is a slot and a displacement; lists, bytes and long
 * numbers lie in the payload, with their position in `arg` and their length in `slot2`.
 */
export type Lies =
  | "name"
  /** A name to be created: its length is `aux`, and its boot letters are `slot2`. */
  | "new name"
  /** `slot` and `offset`. */
  | "target"
  /** `slot2` and `arg`. */
  | "second target"
  /** Added to the displacement of the target. */
  | "in target"
  /** The same, or `aux` = 1 for `fp`. */
  | "in target, or fp"
  | "arg"
  /** In `arg`, where the machine has such a CPU, or such a page frame. */
  | "CPU"
  | "page frame"
  | "aux"
  /** In `aux`, 1 for true. */
  | "flag"
  | "offset"
  /** The number of a slot that the operation fills. */
  | "slot"
  | "slot2"
  /** Letter bits in `slot`. */
  | "letters"
  | "constructor letter"
  | "bytes"
  | "list"
  /** How many slots a row has; they lie where its prefix says. */
  | "in row"
  /** A list of the slots PREFIX0, PREFIX1 ... that the operation fills. */
  | "filled row"
  /** A list of those that are filled; `slot` says how many digits the number of the first has. */
  | "freed row"
  | "address"
  /** In `arg`, or first of what a creator asks for in the payload. */
  | "alignment"
  /** What a creator may ask for beside: it makes the record one of CACHE_ARGS. */
  | "sheaf capacity"
  | "free pointer place";

interface Field<Name extends string, T> {
  readonly field: Name;
  /** For messages. In brackets: it may be missing; with ... behind it, it may be repeated. */
  readonly usage: string;
  readonly lies: Lies;
  readonly read: (args: Arguments) => T;
  readonly print: (value: T) => string | number | readonly string[];
}

/** A field that is printed as it is kept. */
function plain<Name extends string, T extends string | number>(
  field: Name,
  usage: string,
  lies: Lies,
  read: (args: Arguments) => T,
): Field<Name, T> {
  return { field, usage, lies, read, print: (value) => value };
}

function place<Name extends string>(
  field: Name,
  lies: Lies,
  usage = "TARGET",
): Field<Name, Address> {
  return { field, usage, lies, read: (args) => args.target(), print: printAddress };
}

function slot(usage: string, lies: Lies = "slot"): Field<"slot", string> {
  return plain("slot", usage, lies, (args) => args.newSlot());
}

/** A last word that may be missing. */
function mark<Name extends string>(field: Name, word: string, lies: Lies): Field<Name, boolean> {
  const read = (args: Arguments) => args.optional(word);
  return { field, usage: `[${word}]`, lies, read, print: (isSet) => (isSet ? [word] : []) };
}

/** A last word KEY=N that may be missing. */
function keyed<Name extends string>(
  field: Name,
  lies: Lies,
  max: number,
): Field<Name, number | undefined> {
  const read = (args: Arguments) => args.keyed(field, max);
  const print = (value: number | undefined) => (value === undefined ? [] : [`${field}=${value}`]);
  return { field, usage: `[${field}=N]`, lies, read, print };
}

const ctorDigit: Field<"ctor", boolean> = {
  ...mark("ctor", "0|1", "constructor letter"),
  usage: "0|1",
  read: (args) => args.oneOf(["0", "1"]) === "1",
  print: Number,
};

const targets: Field<"targets", readonly Address[]> = {
  ...{ field: "targets", usage: "TARGET...", lies: "list" },
  read: readTargets,
  print: (list) => list.map(printAddress),
};

const address: Field<"address", bigint> = {
  ...{ field: "address", usage: "ADDRESS", lies: "address" },
  read: (args) => args.address(),
  print: (value) => `0x${value.toString(16)}`,
};

export const FIELD_KINDS = {
  cache: plain("name", "NAME", "name", (args) => args.cache()),
  newCache: plain("name", "NAME", "new name", (args) => args.newCache()),
  size: plain("size", "SIZE", "offset", (args) => args.size()),
  align: plain("align", "ALIGN", "arg", (args) => args.number()),
  newAlign: plain("align", "ALIGN", "alignment", (args) => args.number()),
  flags: plain("flags", "FLAGS", "letters", (args) => args.flags()),
  ctor: mark("ctor", "ctor", "constructor letter"),
  ctorDigit,
  sheafCapacity: {
    ...keyed("sheaf", "sheaf capacity", BULK_MAX),
    read: (args: Arguments) => args.keyed("sheaf", BULK_MAX) || undefined,
  },
  freePlace: keyed("fpoff", "free pointer place", 0x7fffffff),
  filledSheaf: place("target", "target", "SHEAF"),
  sheafSlot: slot("SHEAF"),
  objectSlot: slot("SLOT", "slot2"),
  sheafCount: plain("count", "N", "arg", (args) => args.count(BULK_MAX)),
  freeOffset: plain("offset", "N", "arg", (args) => args.number()),
  slot: slot("SLOT"),
  pointerSlot: slot("NEW"),
  nextSlot: slot("NEWSLOT", "slot2"),
  regionSlot: slot("NAME"),
  zero: mark("zero", "z", "flag"),
  count: plain("count", "N", "in row", (args) => args.count()),
  bulkCount: plain("count", "N", "in row", (args) => args.count(BULK_MAX)),
  prefix: plain("prefix", "PREFIX", "filled row", (args) => args.prefix()),
  freedPrefix: plain("prefix", "PREFIX", "freed row", (args) => args.prefix()),
  target: place("target", "target"),
  walked: place("target", "target", "HEAD"),
  pointer: place("target", "second target"),
  value: place("value", "second target"),
  other: place("other", "second target"),
  head: place("head", "second target", "HEAD"),
  targets,
  offset: plain("offset", "OFF", "in target", (args) => args.offset()),
  xorOffset: plain("offset", "OFF|fp", "in target, or fp", (args) => args.offsetOrFreePointer()),
  bytes: plain("size", "SIZE", "arg", (args) => args.number()),
  length: plain("length", "LEN", "arg", (args) => args.number()),
  readLength: plain("length", "LEN", "arg", (args) => args.readLength()),
  byte: { ...plain("byte", "HEXBYTE", "aux", (args) => args.hexByte()), print: hex8 },
  hex: plain("hex", "HEX", "bytes", (args) => args.hex()),
  pfn: {
    ...plain("pfn", "HEX", "page frame", (args) => args.pfn()),
    print: (pfn: number) => pfn.toString(16),
  },
  nth: plain("count", "N", "arg", (args) => args.count(FAIL_NTH_MAX)),
  cpu: plain("cpu", "N", "CPU", (args) => args.number()),
  address,
  regionSize: plain("size", "SIZE", "offset", (args) => args.regionSize()),
} as const;

export type FieldKind = keyof typeof FIELD_KINDS;

/** What a field of a kind holds. */
export type ValueOf<Kind extends FieldKind> = ReturnType<(typeof FIELD_KINDS)[Kind]["read"]>;

/** All fields that an operation may have, by the names that they have in a program. */
export type Fields = {
  readonly [Kind in FieldKind as (typeof FIELD_KINDS)[Kind]["field"]]: ValueOf<Kind>;
};

/** A list may name slots that nothing ever filled: they are passed over. */
function readTargets(args: Arguments): readonly Address[] {
  const list: Address[] = [];
  while (!args.isEmpty) list.push(args.anyTarget());
  if (list.length > BULK_MAX) args.fail(`${list.length} is more than ${BULK_MAX}`);
  return list;
}
