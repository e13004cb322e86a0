// A host that refuses: the memory of a module grows no further than a global says, whatever limit
// the module declares. A request for more gets the engine's own answer, -1.
//
//   memory.grow   →   size + pages > limit ? never : pages   memory.grow
import { Opcode } from "./instruction.ts";
import { workPlacesOf } from "./places.ts";
import { getGlobal, type Instrument, insertedAt, pushI32, setGlobal } from "./probe.ts";

/** The export that holds the limit in pages. */
export const PAGES_LIMIT = "slabfuzz.pages";

/** Pages that no memory can grow by; also the limit that is none. */
export const NO_LIMIT = 0x7fffffff;

const FIRST_MEMORY = 0;

/** For modules whose first memory has 32-bit addresses. */
export const GROWTH_LIMIT: Instrument = {
  globals: [
    { name: PAGES_LIMIT, isLong: false, initial: NO_LIMIT },
    { name: `${PAGES_LIMIT}.wanted`, isLong: false },
  ],
  patches: (file, limit) => {
    const code = cappedPages(limit);
    const grows = workPlacesOf(file).grows.filter((at) => file.bytes[at + 1] === FIRST_MEMORY);
    return grows.map((at) => insertedAt(at, code));
  },
};

/** With a number of pages on top of the stack: leaves it, or NO_LIMIT if that is too many. */
function cappedPages(limit: number): readonly number[] {
  const wanted = limit + 1;
  return [
    ...setGlobal(wanted),
    ...pushI32(NO_LIMIT),
    ...getGlobal(wanted),
    ...[Opcode.MEMORY_SIZE, 0, ...getGlobal(wanted), Opcode.I32_ADD],
    ...[...getGlobal(limit), Opcode.I32_GT_U, Opcode.SELECT],
  ];
}
