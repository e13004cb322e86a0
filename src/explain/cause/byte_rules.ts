// What the wrong bytes say: where they begin and end, how many they are, and what they look like.
import type { Report, SlabCheck, WrongBytes } from "../report.ts";
import { type CauseRule, clue, cluesIf } from "./clue.ts";

const RED_ZONES: readonly SlabCheck[] = ["redzone", "right-redzone", "kmalloc-redzone", "padding"];

const BY_ONE = ["off-by-one", "off-by-one-nul"] as const;

/** The bytes that the check itself speaks of. */
function firstDamage({ damage }: Report): WrongBytes | undefined {
  return damage.at(0);
}

/** Whether a look of any damaged bytes begins so. */
function looks({ damage }: Report, words: RegExp): boolean {
  return damage.some(({ looksLike }) => looksLike.some((look) => words.test(look)));
}

const howMany: CauseRule = (report) => {
  const first = firstDamage(report);
  if (first === undefined || !RED_ZONES.includes(report.check)) return [];
  const isOne = first.length === 1 && report.damage.length === 1 && first.offset !== undefined;
  const length = `${first.length} bytes are wrong`;
  if (!isOne) return cluesIf(first.length > 1, clue(0.03, length, ...BY_ONE));
  const isNul = first.is === "00";
  return [
    clue(isNul ? 12 : 0.03, `one byte is wrong, it is ${isNul ? "" : "not "}NUL`, "off-by-one-nul"),
    clue(isNul ? 0.2 : 10, `one byte is wrong, it is ${isNul ? "" : "not "}NUL`, "off-by-one"),
  ];
};

const strides: CauseRule = (report) => {
  const isEven = looks(report, /^every \d+ bytes/);
  return cluesIf(isEven, clue(60, "the same bytes stand at even distances", "overflow-strided"));
};

/** A list_head at the end of a type that is larger than the slot. */
const pointerBehindEnd: CauseRule = (report) => {
  const first = firstDamage(report);
  if (first === undefined || !/redzone|padding/.test(report.check)) return [];
  const isPointer = first.looksLike.some((look) => /address|pointer|equals/.test(look));
  const isBehind = first.offset !== undefined && first.offset >= (report.objectSize ?? 0);
  return cluesIf(
    isPointer && isBehind && first.length <= 16,
    clue(
      6,
      "a pointer stands behind the end, as the last field of a larger type",
      "wrong-size-use",
    ),
  );
};

const poisonCounts: CauseRule = (report) => [
  ...cluesIf(
    looks(report, /^poison (de|in)cremented/),
    clue(3, "a counter in freed memory was changed by one", "write-after-free"),
    clue(0.1, "a counter in freed memory was changed by one", "device-write", "overflow-far"),
  ),
  ...cluesIf(
    looks(report, /^one bit/) && !looks(report, /cremented/),
    clue(4, "one bit differs", "bit-flip"),
    clue(1.5, "one bit differs, as a flag that is set", "write-after-free"),
  ),
];

const otherState: CauseRule = (report, { reports }) => {
  if (!looks(report, /^red zone of the other state/)) return [];
  const [first] = reports;
  const isLater = first !== report && /already-free|^count|free-list/.test(first.check);
  const written = clue(0.05, "nothing of a writer stands in the red zone", ...WRITERS);
  if (isLater) return [written, clue(0.1, "the free list was wrong before", "race")];
  const isListed = firstDamage(report)?.was.startsWith("bb") === true;
  const listed = "the red zone is that of an object in use, though it lies on the free list";
  const text = "the red zone is that of the other state: free for allocated, or back";
  return [
    ...cluesIf(
      isListed,
      clue(60, listed, "freelist-cycle"),
      clue(40, listed, "double-free", "double-free-interleaved", "double-free-after-reuse"),
      clue(0.3, listed, "write-after-free"),
    ),
    clue(isListed ? 3 : 8, text, "race"),
    ...cluesIf(!isListed, clue(4, text, "double-free", "artefact", "write-after-free")),
    written,
  ];
};

/** Classes that leave bytes of their own. */
const WRITERS = [
  "overflow-right",
  "overflow-left",
  "overflow-far",
  "off-by-one",
  "off-by-one-nul",
  "wrong-size-use",
] as const;

const leftZone: CauseRule = (report) => {
  const zone = report.damage.find(({ role }) => role === "left red zone");
  if (zone?.offset === undefined) return [];
  const touches = zone.offset + zone.length === 0;
  return [
    ...cluesIf(touches, clue(3, "the wrong bytes end where the object begins", "overflow-left")),
    ...cluesIf(
      !touches,
      clue(3, "the wrong bytes end before the object", "overflow-right", "overflow-far"),
      clue(0.5, "the wrong bytes end before the object", "overflow-left"),
    ),
  ];
};

const freeObject: CauseRule = (report) => {
  const first = firstDamage(report);
  const isFree = first?.was.startsWith("bb") === true && report.check !== "left-redzone";
  return cluesIf(
    isFree,
    clue(25, "the object was free when its red zone was written", "write-after-free"),
  );
};

const LARGE = 8;

const bus: CauseRule = (report, { machine }) => {
  const first = firstDamage(report);
  const end = first?.offset === undefined ? 1 : first.offset + first.length;
  const isRounded = end % 4 === 0 && first!.length < LARGE && first!.offset! % 4 !== 0;
  const functions = [...report.tracks.map(({ by }) => by), ...report.stack].join(" ");
  const isDriver = /usb|urb|hub_|dma|_spi|_i2c|mmc_|nvme_|ath\d|iwl|xhci|ehci|hid_|eth_|netdev/i;
  const isKmalloc = report.check === "kmalloc-redzone";
  return [
    ...cluesIf(
      isKmalloc && isRounded,
      clue(3, "the wrong bytes fill up the last word, as a bus does", "device-write"),
    ),
    ...cluesIf(
      isKmalloc && isDriver.test(functions),
      clue(3, "a driver of a device owns the object", "device-write"),
    ),
    ...cluesIf(
      machine.arch === "x86_64" && isKmalloc,
      clue(0.5, "devices of this architecture see memory as its CPUs do", "device-write"),
    ),
  ];
};

const tail: CauseRule = (report, { machine }) => {
  if (report.check !== "slab-padding") return [];
  const isStack = looks(report, /code or data/) && looks(report, /pointer into memory/);
  const text = "the tail of the slab holds pointers and code addresses, as a stack does";
  const guarded = "stacks of this kernel end in an unmapped page";
  return [
    ...cluesIf(isStack, clue(8, text, "stack-overflow")),
    ...cluesIf(machine.tools.includes("VMAP_STACK"), clue(0.05, guarded, "stack-overflow")),
  ];
};

const tools: CauseRule = (report, { machine }) => {
  const isOfData = /kmalloc-redzone|poison|free-pointer/.test(report.check);
  const isThere = machine.tools.includes("KASAN") && isOfData;
  return cluesIf(
    isThere,
    clue(3, "KASAN is there, which keeps its own data in objects", "artefact"),
  );
};

const tidy: CauseRule = (report) => {
  const first = firstDamage(report);
  const zeros = first !== undefined && first.length >= 16 && /^0+$/.test(first.is);
  return cluesIf(
    zeros && /kmalloc/.test(report.check),
    clue(2, "all of the slack is zero", "artefact"),
  );
};

export const BYTE_RULES: readonly CauseRule[] = [
  howMany,
  strides,
  pointerBehindEnd,
  poisonCounts,
  otherState,
  leftZone,
  freeObject,
  bus,
  tail,
  tools,
  tidy,
];
