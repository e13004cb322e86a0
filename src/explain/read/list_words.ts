// What the checks of lists say, in the words of all versions.
import { isListPoison, LIST_POISON1, LIST_POISON2 } from "../damage/word.ts";
import type { ListWords } from "../report.ts";
import { pointerOf } from "./numbers.ts";

const POINTER = "\\(?((?:0x)?[0-9a-f]{8,16}|\\s*\\(null\\)|NULL|\\(_{0,4}ptrval_{0,4}\\))";
const SHOULD_BE = new RegExp(
  `(next->prev|prev->next) should be (?:prev |next )?${POINTER}\\)?,? but was:? ${POINTER}`,
);
const NEIGHBOUR = /\((?:prev|next)=([0-9a-f]{8,16})\)/;
/** Some versions do not name the node. */
const FIELD_IS = new RegExp(
  `(?:${POINTER}\\)?->|corruption[.,] )(next|prev) is ` +
    "(NULL|LIST_POISON[12])(?: \\(([0-9a-f]{8,16})\\))?",
);
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
    const found = namedValue(value, raw);
    return { field: `${side} is ${value}`, expected: undefined, found, neighbour: pointer(node) };
  }
  const [, added, prev, next] = DOUBLE_ADD.exec(text) ?? [];
  if (added === undefined) return undefined;
  const neighbour = pointer(prev === added ? prev : next);
  return { field: "double add", expected: undefined, found: pointer(added), neighbour };
}

const POISONS: ReadonlyMap<string, bigint> = new Map([
  ["LIST_POISON1", LIST_POISON1],
  ["LIST_POISON2", LIST_POISON2],
]);

/** The value of a field that the words name; the digits beside them may be a hash of it. */
function namedValue(name: string, digits: string | undefined): bigint | undefined {
  if (name === "NULL") return 0n;
  const value = pointer(digits);
  return value === undefined || isListPoison(value) ? value : POISONS.get(name);
}

function pointer(text: string | undefined): bigint | undefined {
  return text === undefined ? undefined : pointerOf(text);
}
