// What the checks of lists say, in the words of all versions.
import type { ListWords } from "../report.ts";
import { pointerOf } from "./numbers.ts";

const POINTER = "\\(?((?:0x)?[0-9a-f]{8,16}|\\s*\\(null\\)|NULL|\\(ptrval\\))";
const SHOULD_BE = new RegExp(
  `(next->prev|prev->next) should be (?:prev |next )?${POINTER}\\)?,? but was:? ${POINTER}`,
);
const NEIGHBOUR = /\((?:prev|next)=([0-9a-f]{8,16})\)/;
const FIELD_IS = new RegExp(
  `${POINTER}\\)?->(next|prev) is (NULL|LIST_POISON[12])(?: \\(([0-9a-f]{8,16})\\))?`,
);
const NULL_FIELD = /corruption[.,] (next|prev) is NULL/;
const DOUBLE_ADD = /double add: new=([0-9a-f]{8,16}), prev=([0-9a-f]{8,16}), next=([0-9a-f]{8,16})/;

/** The fields of a list check's sentence; undefined if the sentence is not whole. */
export function listWordsOf(text: string): ListWords | undefined {
  const [, field, expected, found] = SHOULD_BE.exec(text) ?? [];
  if (field !== undefined) {
    const neighbour = pointer(NEIGHBOUR.exec(text)?.[1]);
    return { field, expected: pointer(expected), found: pointer(found), neighbour };
  }
  const [, node, side, value, raw] = FIELD_IS.exec(text) ?? [];
  if (side !== undefined) {
    const found = value === "NULL" ? 0n : (pointer(raw) ?? undefined);
    return { field: `${side} is ${value}`, expected: undefined, found, neighbour: pointer(node) };
  }
  const [, empty] = NULL_FIELD.exec(text) ?? [];
  if (empty !== undefined) {
    return { field: `${empty} is NULL`, expected: undefined, found: 0n, neighbour: undefined };
  }
  const [, added, prev, next] = DOUBLE_ADD.exec(text) ?? [];
  if (added === undefined) return undefined;
  const neighbour = pointer(prev === added ? prev : next);
  return { field: "double add", expected: undefined, found: pointer(added), neighbour };
}

function pointer(text: string | undefined): bigint | undefined {
  return text === undefined ? undefined : pointerOf(text);
}
