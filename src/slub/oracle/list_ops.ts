// listinit, listadd, listaddtail and listdel: writes into entries and their neighbours. An entry
// that does not lie in the program's own memory is damage like any other write; a list that is not
// in order any more leads the operation astray (cause list-misuse).
import { Op } from "../../abi.ts";
import { argOf, opOf, slot2Of } from "../program/record.ts";
import { noteWrite } from "./access.ts";
import { LIST_HEAD_BYTES } from "./lists.ts";
import type { Shadow } from "./shadow.ts";
import { NONE } from "./slabs.ts";

/** A place in memory: slot and displacement. */
interface Place {
  readonly slot: number;
  readonly displacement: number;
}

export function stepList(shadow: Shadow, op: number, slot: number, displacement: number): void {
  const { words } = shadow.image;
  const entry = { slot, displacement };
  const head = { slot: slot2Of(words, op), displacement: argOf(words, op) | 0 };
  switch (opOf(words, op)) {
    case Op.LIST_INIT:
      init(shadow, op, entry);
      break;
    case Op.LIST_ADD:
      add(shadow, op, entry, head, true);
      break;
    case Op.LIST_ADD_TAIL:
      add(shadow, op, entry, head, false);
      break;
    default:
      remove(shadow, op, entry);
  }
}

/** Writes the place of an entry; what comes of it is an entry that is alone. */
function init(shadow: Shadow, op: number, place: Place): number {
  const isOwn = noteWrite(shadow, op, place.slot, place.displacement, LIST_HEAD_BYTES);
  const { high, low } = shadow.addressOf(place.slot, place.displacement);
  return shadow.lists.init(high, low, shadow.slots.object(place.slot), isOwn);
}

function add(shadow: Shadow, op: number, place: Place, headPlace: Place, isFirst: boolean): void {
  const { lists } = shadow;
  const head = entryAt(shadow, headPlace);
  const old = entryAt(shadow, place);
  const isListed = old !== NONE && !lists.isAlone(old);
  if (!lists.isSound(head) || isListed) noteUnsoundList(shadow, op, place);
  const entry = init(shadow, op, place);
  if (head === NONE) return;
  if (isFirst) lists.link(entry, head, lists.next(head));
  else lists.link(entry, lists.prev(head), head);
}

function remove(shadow: Shadow, op: number, place: Place): void {
  const entry = entryAt(shadow, place);
  if (!shadow.lists.isSound(entry)) noteUnsoundList(shadow, op, place);
  noteWrite(shadow, op, place.slot, place.displacement, LIST_HEAD_BYTES);
  if (entry !== NONE) shadow.lists.unlink(entry);
}

function entryAt(shadow: Shadow, place: Place): number {
  const { high, low } = shadow.addressOf(place.slot, place.displacement);
  return shadow.lists.find(high, low);
}

/** A list that is out of order leads anywhere. */
function noteUnsoundList(shadow: Shadow, op: number, { slot, displacement }: Place): void {
  const at = shadow.targetAt(slot, displacement);
  shadow.damages.push({
    op,
    cause: "list-misuse",
    kind: "write",
    object: shadow.slots.object(slot),
    at,
    slab: at === NONE ? NONE : shadow.slabs.slabAt(at),
    cache: NONE,
    segments: [],
    changed: true,
    isStructural: true,
    refused: false,
  });
}
