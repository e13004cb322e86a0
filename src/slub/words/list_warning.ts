// What CONFIG_DEBUG_LIST says about a list_head that does not agree with its neighbours.
import { Warning } from "../../abi.ts";
import type { KernelEvent } from "../core/event.ts";
import type { Words } from "./kernels/index.ts";
import { pointerText } from "./pointer.ts";

/** What list_del leaves in next. */
const LIST_POISON1 = 0xdead000000000100n;

/** The text of a list warning. */
export function listWarningText(event: KernelEvent, words: Words): string {
  const [a, b, c] = [event.a, event.b, event.c].map((value) => pointerText(value, words));
  switch (event.code as Warning) {
    case Warning.LIST_ADD_NEXT_PREV:
      return `${ADD}. next->prev should be prev (${a}), but was ${b}. (next=${c}).`;
    case Warning.LIST_ADD_PREV_NEXT:
      return `${ADD}. prev->next should be next (${a}), but was ${b}. (prev=${c}).`;
    case Warning.LIST_ADD_DOUBLE:
      return `list_add double add: new=${a}, prev=${b}, next=${c}.`;
    case Warning.LIST_ADD_PREV_NULL:
      return `${ADD}. prev is NULL.`;
    case Warning.LIST_ADD_NEXT_NULL:
      return `${ADD}. next is NULL.`;
    case Warning.LIST_DEL_NEXT_NULL:
      return `${DEL}, ${a}->next is NULL`;
    case Warning.LIST_DEL_PREV_NULL:
      return `${DEL}, ${a}->prev is NULL`;
    case Warning.LIST_DEL_POISON1:
      return `${DEL}, ${a}->next is LIST_POISON1 (${pointerText(LIST_POISON1, words)})`;
    case Warning.LIST_DEL_POISON2:
      return `${DEL}, ${a}->prev is LIST_POISON2 (${pointerText(words.listPoison2, words)})`;
    case Warning.LIST_DEL_PREV_NEXT:
      return `${DEL}. prev->next should be ${a}, but was ${b}${neighbour("prev", c, words)}`;
    case Warning.LIST_DEL_NEXT_PREV:
      return `${DEL}. next->prev should be ${a}, but was ${b}${neighbour("next", c, words)}`;
    default:
      return `warning ${event.code}`;
  }
}

const ADD = "list_add corruption";
const DEL = "list_del corruption";

/** Since 6.1 list_del says which neighbour disagrees. */
function neighbour(name: string, address: string, words: Words): string {
  return words.listDelNamesNeighbour ? `. (${name}=${address})` : "";
}
