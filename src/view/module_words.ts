// What an operation of a program for a module does, in a sentence.
import type { BlockNow, HarmedBytes, HeapMoment } from "../module/heap_record.ts";
import type { ForeignOpName } from "../module/program/op.ts";
import { slotName } from "../module/program/text.ts";

/** Without its subject: `asks for 24 bytes as b0: b0 is 0x1040..0x1058`. */
export function momentSentence(moment: HeapMoment): string {
  const { op, isSkipped, harmed } = moment;
  if (isSkipped) return `does nothing: there is no such block as ${slotName(op.slot)}`;
  const said = SENTENCES[op.op](moment);
  const harm = harmed.map(harmText);
  return harm.length === 0 ? said : `${said}: ${harm.join(", ")}`;
}

function harmText({ length, owner }: HarmedBytes): string {
  const bytes = length === 1 ? "1 byte" : `${length} bytes`;
  return owner === undefined
    ? `changes ${bytes} of the module's own memory`
    : `changes ${bytes} of ${slotName(owner.slot)}, which is alive`;
}

const SENTENCES: Readonly<Record<ForeignOpName, (moment: HeapMoment) => string>> = {
  alloc: ({ op, after }) => `asks for ${op.a} bytes as ${slotName(op.slot)}${givenText(after)}`,
  zalloc: ({ op, after }) =>
    `asks for ${op.a} times ${op.b} zeroed bytes as ${slotName(op.slot)}${givenText(after)}`,
  resize: ({ op, before, after }) => {
    const sizes = `${op.a} bytes instead of ${before?.size ?? 0}`;
    return `asks for ${sizes} as ${slotName(op.slot)}${movedText(before, after)}`;
  },
  free: ({ op, before }) => `gives ${slotName(op.slot)} back${placeText(before)}`,
  cycle: ({ op, result }) => `gets and gives back ${op.a} bytes ${op.b} times: ${result}`,
  limit: ({ op }) => `lets memory grow by ${op.a} pages at most from here on`,
  settle: () => "gives all blocks back, and asks for most of their memory in one piece",
  collect: () => "collects what nobody keeps",
  write: ({ op, before }) => {
    const place = `${slotName(op.slot)}${signed(op.a)}`;
    return `writes ${op.b} bytes from ${place} on, which has ${before?.size ?? 0}`;
  },
  refree: ({ op, before }) => `gives ${slotName(op.slot)} back again${placeText(before)}`,
  freeoff: ({ op }) => `gives back ${slotName(op.slot)}${signed(op.a)}, where no block begins`,
  freesize: ({ op, before }) =>
    `gives ${slotName(op.slot)} back as ${op.a} bytes, but it has ${before?.size ?? 0}`,
  freeat: ({ op }) => `gives back 0x${op.a.toString(16)}, which was never handed out`,
  stale: ({ op }) =>
    `writes ${op.b} bytes from ${slotName(op.slot)}${signed(op.a)} on, which was given back before`,
  restale: ({ op }) => `gives back the place that ${slotName(op.slot)} had before it moved`,
};

function givenText(block: BlockNow | undefined): string {
  return block === undefined ? ": it is refused" : `: it is ${rangeText(block)}`;
}

function movedText(before: BlockNow | undefined, after: BlockNow | undefined): string {
  if (after === undefined || after.size === before?.size) return "";
  const how = after.pointer === before?.pointer ? "stays at" : "moves to";
  return `: it ${how} ${rangeText(after)}`;
}

function placeText(block: BlockNow | undefined): string {
  return block === undefined ? "" : `, ${block.size} bytes at 0x${block.pointer.toString(16)}`;
}

function rangeText({ pointer, size }: BlockNow): string {
  return `0x${pointer.toString(16)}..0x${(pointer + size).toString(16)}`;
}

function signed(offset: number): string {
  return offset < 0 ? `${offset}` : `+${offset}`;
}
