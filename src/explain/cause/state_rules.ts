// What lists, free pointers, registers and other reports of the log say.

import { POISON_END, POISON_FREE } from "../../abi.ts";
import { isListPoison, isOneBitFromPointer, poisonOf, regionOf } from "../damage/word.ts";
import { isAboutList } from "../links.ts";
import type { LogReading, Report } from "../report.ts";
import { type CauseRule, clue, cluesIf } from "./clue.ts";

const POISON_WORD = /^6b6b6b6b/;

const listValue: CauseRule = ({ list }, { machine }) => {
  const found = list?.found;
  if (list === undefined || found === undefined) return [];
  // Hashes of pointers are no values: only whether two of them are equal counts.
  const isHashed = machine.wordBytes === 8 && [list.expected, list.neighbour].some(isHash);
  const isSelf = found === list.neighbour && found !== 0n;
  const isPoisoned = POISON_WORD.test(found.toString(16));
  const isFlipped = !isHashed && isOneBitFromPointer(found, machine.wordBytes);
  const isKnown = isHashed || isSelf || isPoisoned || isListPoison(found) || found === 0n;
  const region = regionOf(found, machine.wordBytes);
  return [
    ...cluesIf(isPoisoned, clue(30, "the node lies in freed memory", "write-after-free")),
    ...cluesIf(isListPoison(found), clue(5, "the node was deleted before", "list-misuse")),
    ...cluesIf(
      isSelf,
      clue(5, "the node points at itself, as one that was initialised again", "list-misuse"),
    ),
    ...cluesIf(
      found === 0n,
      clue(2, "the node is zero, as one that was never added", "list-misuse"),
    ),
    ...cluesIf(
      !isKnown && region !== undefined,
      clue(2, "the node points into another list", "list-misuse", "race"),
    ),
    ...cluesIf(
      isFlipped,
      clue(150, "the node holds a pointer of which one bit is wrong", "bit-flip"),
    ),
    ...cluesIf(
      !isKnown && region === undefined,
      clue(5, "the node holds no pointer: its owner's memory was written", "write-after-reuse"),
      clue(
        3,
        "the node holds no pointer: its owner's memory was written",
        "overflow-right",
        "write-after-free",
        "wrong-size-use",
      ),
      clue(0.3, "the node holds no pointer", "list-misuse", "race"),
    ),
  ];
};

/** Kernels from 4.15 on print 32 bits that stand for a pointer. */
function isHash(value: bigint | undefined): boolean {
  return value !== undefined && value > 0xffffn && value <= 0xffffffffn;
}

/** A crash on an address that a list check named: it was handed out as an object. */
const listHeadAsObject: CauseRule = (report, { reports }) => {
  const list = reports.find((other) => other.check === "list" && other !== report);
  const isCrash = /oops|kfree-page/.test(report.check);
  if (list === undefined || !isCrash || !isAboutList(list, report)) return [];
  const text =
    "the address that was freed is the list head of the warning, which lay over a free pointer";
  return [
    clue(60, text, "wrong-size-use"),
    clue(12, text, "overflow-right", "free-pointer-forge", "write-after-free"),
    clue(0.1, text, "list-misuse", "invalid-free-foreign", "race"),
  ];
};

/** A node whose second word begins the next slot. */
const nodeAcrossSlots: CauseRule = ({ list }, { cacheSizes, machine }) => {
  const node = list?.neighbour;
  const size = cacheSizes.at(0)?.size;
  if (node === undefined || size === undefined) return [];
  const second = Number(node & 0xfffn) + machine.wordBytes;
  return cluesIf(
    second % size === 0,
    clue(
      20,
      `the node's prev is the first word of the next slot of ${size} bytes`,
      "wrong-size-use",
    ),
  );
};

/** Values that an oops in an allocation read as a free pointer. */
const freePointerValue: CauseRule = (report, { machine }) => {
  if (report.check !== "alloc-oops" && report.check !== "free-pointer") return [];
  const values = suspects(report);
  const bytes = values.map((value) => value.toString(16).padStart(16, "0"));
  const isText = bytes.some((digits) =>
    /^(?:[2-7][0-9a-f]){3,}/.test(digits.replace(/^ffff8[0-9a-f]{3}|^0+/, "")),
  );
  const isRed = bytes.some((digits) => /^(?:cc){2,7}(?!cc)|^(?:bb){2,7}(?!bb)/.test(digits));
  const isPoison = bytes.some((digits) => POISON_WORD.test(digits));
  const isFlipped = [report.faultAddress, report.freePointer].some(
    (value) => value !== undefined && isOneBitFromPointer(value, machine.wordBytes),
  );
  const isOutside = values.some((value) =>
    /vmalloc|code or data/.test(regionOf(value, machine.wordBytes) ?? ""),
  );
  return [
    ...cluesIf(isFlipped, clue(60, "one bit of the free pointer is wrong", "bit-flip")),
    ...cluesIf(isText, clue(3, "the free pointer holds text", "write-after-free", "overflow-far")),
    ...cluesIf(
      isRed,
      clue(20, "the allocator's own red zone lies over the free pointer", "artefact"),
      clue(2, "the allocator's own red zone lies over the free pointer", "free-pointer-forge"),
    ),
    ...cluesIf(
      isPoison,
      clue(2, "the free pointer reads as poison", "double-free", "write-after-free"),
    ),
    ...cluesIf(
      isOutside,
      clue(3, "the free pointer is an address of no slab", "free-pointer-forge", "wrong-size-use"),
    ),
  ];
};

function suspects({ faultAddress, freePointer, registers }: Report): bigint[] {
  const held = ["RAX", "RBX", "R12", "RDI"].map((name) => registers.get(name));
  return [faultAddress, freePointer, ...held].filter(
    (value) => value !== undefined && value > 0xffffn,
  ) as bigint[];
}

const STACK_REACH = 1n << 14n;

const stackAddress: CauseRule = ({ check, registers }) => {
  const stack = registers.get("RSP");
  if (check !== "free-oops" || stack === undefined) return [];
  const near = [...registers].filter(([name, value]) => {
    const distance = value > stack ? value - stack : stack - value;
    return !/R[SB]P/.test(name) && distance < STACK_REACH;
  });
  return cluesIf(
    near.length > 0,
    clue(3, "a register holds an address of the stack", "invalid-free-foreign"),
  );
};

/** What an address was read from tells who read it. */
const poisonFollowed: CauseRule = ({ check, faultAddress, registers }) => {
  if (check !== "poison-oops") return [];
  const poisons = [faultAddress, ...registers.values()].map(poisonOf);
  const isDeleted = poisons.includes("deleted") && !poisons.includes("freed");
  const isFresh = poisons.includes("not initialised") && !poisons.includes("freed");
  const deleted = "the address was read from a list node that was deleted";
  const fresh = "the address was read from memory that nobody had written to";
  return [
    ...cluesIf(isDeleted, clue(60, deleted, "list-misuse"), clue(4, deleted, "race")),
    ...cluesIf(isFresh, clue(200, fresh, "uninitialised-read")),
  ];
};

/** An address that was freed, and was itself read from freed memory. */
const poisonFreed: CauseRule = ({ check, faultAddress, registers }) => {
  const isOfFree = check === "free-oops" || check === "kfree-page";
  const isPoison = [faultAddress, ...registers.values()].some(
    (value) => poisonOf(value) === "freed",
  );
  const text = "the address that was freed was read from memory that was freed before";
  return cluesIf(
    isOfFree && isPoison,
    clue(12, text, "double-free", "write-after-free", "read-after-free"),
  );
};

const TOO_MANY = 3;

/** Free lists of several caches at once: a crash tool that does not know how they are encoded. */
const unreadable: CauseRule = (report, { reports }) => {
  const invalid = reports.filter(({ check, isOfDump }) => check === "free-pointer" && isOfDump);
  const caches = new Set(invalid.map(({ cache }) => cache));
  return cluesIf(
    invalid.includes(report) && caches.size >= TOO_MANY,
    clue(60, `the crash tool calls free pointers of ${caches.size} caches invalid`, "artefact"),
  );
};

const interior: CauseRule = ({ words }) =>
  cluesIf(
    /Invalid object pointer/.test(words),
    clue(2, "the address lies inside a slab of the cache", "invalid-free-interior"),
  );

const elsewhere: CauseRule = ({ words }) =>
  cluesIf(
    /outside of slab|No slab (?:cache )?for|not a (?:valid )?Slab page/i.test(words),
    clue(4, "the address lies in no slab", "invalid-free-foreign"),
    clue(0.2, "the address lies in no slab", "invalid-free-interior"),
  );

const counted: CauseRule = ({ check, words }) => {
  const [, counter, found] = /Counter is (-?\d+) but counted were (-?\d+)/.exec(words) ?? [];
  if (check !== "count") return [];
  const bulk = "a bulk free met an object twice";
  const endless = "the free list has no end";
  if (counter === undefined) {
    return [
      ...cluesIf(/Bulk free/.test(words), clue(60, bulk, ...BULK)),
      ...cluesIf(/Freelist cycle/.test(words), clue(8, endless, "double-free", "freelist-cycle")),
    ];
  }
  const lost = Number(found) - Number(counter);
  const short = "fewer objects are on the free list than are free";
  const long = "more objects are on the free list than are free";
  return [
    ...cluesIf(
      Number(found) < 0,
      clue(4, endless, "double-free", "freelist-cycle"),
      clue(0.2, endless, "free-pointer-forge", "write-after-free", "overflow-right"),
    ),
    ...cluesIf(Number(found) >= 0 && lost === 1, clue(12, "one object is missing", ...BULK)),
    ...cluesIf(
      Number(found) >= 0 && lost > 1,
      clue(5, short, "free-pointer-forge", "write-after-free", "overflow-right"),
      clue(0.5, short, "freelist-cycle"),
    ),
    ...cluesIf(Number(found) >= 0 && lost < 0, clue(12, long, "wrong-cache-free")),
  ];
};

const BULK = ["double-free-bulk"] as const;

/** Reports of one cache that follow one another tell more than one. */
const repeated: CauseRule = (report, { reports }: LogReading) => {
  const others = reports.filter(
    ({ check, cache }) => check === report.check && cache === report.cache,
  );
  const text = "the same bytes of other objects are wrong, too";
  return cluesIf(
    others.length > 1 && report.check === "poison",
    clue(0.2, text, "bit-flip"),
    clue(2, text, "artefact"),
  );
};

/** Poison that begins inside an object and runs over its end: another address was freed. */
const poisonFromInside: CauseRule = ({ check, freePointer, rows }) => {
  if (check !== "free-pointer" || freePointer === undefined) return [];
  const bytes = rows.filter(({ section }) => section === "Object").flatMap((row) => row.bytes);
  const begins = bytes.indexOf(POISON_FREE);
  const isOver = [POISON_FREE, POISON_END].includes(Number(freePointer & 0xffn));
  const runsOver =
    begins > 0 && isOver && bytes.slice(begins).every((byte) => byte === POISON_FREE);
  const text = "poison begins inside the object and runs over its end";
  return cluesIf(runsOver, clue(400, text, "invalid-free-interior"));
};

export const STATE_RULES: readonly CauseRule[] = [
  listValue,
  listHeadAsObject,
  nodeAcrossSlots,
  freePointerValue,
  stackAddress,
  poisonFollowed,
  poisonFreed,
  unreadable,
  interior,
  elsewhere,
  counted,
  poisonFromInside,
  repeated,
];
