// Lesson 3: poison, and a write into an object that was freed.
import { classOf, firstReason, type Lesson, lettersOf, reportedAtOp } from "../lesson.ts";

export const POISON: Lesson = {
  title: "Poison and use after free",
  about: [
    "A pointer that is kept after the free is called stale. Whoever writes through it writes " +
      "into memory that belongs to the allocator, or to the next owner.",
    "With the letter P the kernel fills a freed object with the byte 6b, and a5 at its end. " +
      "When the object is handed out again, each of these bytes must still be there.",
  ],
  program: `# boot: up slub_debug=FP
cache c 64 0 -
alloc c a
fill a 0 64 41
free c a
write a 8 42
alloc c b
`,
  steps: {
    1: "a is alive. Its owner may write all of its 64 bytes.",
    3: "The free fills it with poison: 63 bytes of 6b, and a5 at the end.",
    4: "This is a write through the stale pointer. The kernel runs on as if nothing had happened.",
    5:
      "The next allocation checks the poison before it hands the object out. It reports the " +
      "damage, gives up this slab, and takes an object of a new one.",
  },
  questions: [
    {
      ask: "Add a validate that reports the stale write before any allocation does.",
      check: (answer) =>
        firstReason(
          [classOf(answer) !== "write-after-free", "no stale write shows"],
          [!reportedAtOp(answer).startsWith("validate"), "it is not a validate that reports it"],
        ),
    },
    {
      ask:
        "Keep P on, and read through the stale pointer instead of writing. Does the kernel " +
        "report it? Write a program whose read after free is never reported.",
      check: (answer) =>
        firstReason(
          [classOf(answer) !== "read-after-free", "there is no read of a freed object"],
          [!lettersOf(answer).includes("P"), "P is off"],
          [reportedAtOp(answer) !== "", "the kernel reports something"],
        ),
    },
  ],
};
