// Lesson 5: merging, and the crash that slabfuzz began with.
import { classOf, firstReason, hasLine, type Lesson, lettersOf } from "../lesson.ts";

export const MERGING: Lesson = {
  title: "Merging, and the crash that began it",
  about: [
    "Caches whose objects fit into the same slots are merged: the kernel keeps one set of " +
      "slabs for all of them. A mistake of one driver then harms the objects of another.",
    "This is the crash of docs/crash.md in short. A structure B of 328 bytes is taken from a " +
      "cache whose slots have 320. Half of the list_head at its end lies behind the slot, on " +
      "the free pointer of the next object.",
  ],
  program: `# boot: v310
# cpus: 4
region XXXTBL 0xffffc90003fed0b0 168
listinit XXXTBL+0x18
cache i915_gem_vma 312 0 HM
cache AAA 312 0 HM
alloc AAA B
listadd B+312 XXXTBL+0x18
alloc AAA A1
alloc AAA A2
free AAA B
`,
  steps: {
    3:
      "The result says MERGED: AAA has no slabs of its own. Its objects lie among those of " +
      "i915_gem_vma.",
    4: "B needs 328 bytes and gets a slot of 320.",
    5:
      "The list_head of B ends in the next slot. list_add stores the address of the global list " +
      "head there, where object 1 has its free pointer.",
    6: "A1 is object 1. The allocator takes the address in it for that of the next free object.",
    7: "A2 is the global list head: a global variable is handed out as an object.",
    8: "The free of B looks at nothing, because no debug letter is on. Nobody was told.",
  },
  questions: [
    {
      ask: "Keep the caches apart without any debug letter. (A kernel parameter does it.)",
      check: (answer) =>
        firstReason(
          [!hasLine(answer, /^cache AAA 312 0 HM$/), "the line that makes AAA was changed"],
          [!hasLine(answer, /^cache i915_gem_vma 312 0 HM$/), "the other cache was changed"],
          [lettersOf(answer) !== "", "debug letters are on"],
          [
            answer.trace.ops.some(({ result }) => result.startsWith("MERGED")),
            "AAA still is merged into another cache",
          ],
        ),
    },
    {
      ask:
        "Make the kernel report a red zone when B is freed, so that no global variable is " +
        "handed out.",
      check: (answer) =>
        firstReason(
          [classOf(answer) !== "wrong-size-use", "B is no longer too large"],
          [
            answer.trace.ops.some(({ result }) => result.startsWith("FOREIGN")),
            "a global is handed out",
          ],
          [
            !/Redzone overwritten at free/.test(answer.trace.signature),
            "no free reports a red zone",
          ],
        ),
    },
  ],
};
