// Lesson 6: a stale pointer into a slab that another cache has taken over.
import { classOf, firstReason, hasLine, type Lesson, reportedAtOp } from "../lesson.ts";

export const CROSS_CACHE: Lesson = {
  title: "Cross-cache: the slab changes its owner",
  about: [
    "When all objects of a slab are free, the kernel may give its page back. Another cache " +
      "can get the same page. A stale pointer of the first cache then leads into objects of the " +
      "second.",
    "In this way caches that were never merged share memory, one after the other. Attackers " +
      "bring it about on purpose.",
  ],
  program: `# boot: up slub_nomerge
cache victim 64 0 -
cache other 64 0 -
allocn victim 64 v
freen victim 64 v
shrink victim
allocn other 64 o
write v0 16 4142434445464748
read o0 16 8
`,
  steps: {
    2: "All 64 objects of one slab are taken.",
    3: "All of them are freed: the slab is empty, but the cache still has it.",
    4: "shrink gives empty slabs back. The page belongs to no cache now.",
    5: "The cache other needs a slab and gets the same page.",
    6: "This is a write through the stale pointer v0. It lands in o0, an object of another cache.",
    7: "The owner of o0 reads bytes that it never wrote.",
  },
  questions: [
    {
      ask:
        "Keep the stale write, and keep one object of victim alive, so that the write stays " +
        "within the cache victim.",
      check: (answer) =>
        firstReason(
          [!hasLine(answer, /^write v0 16 /), "the stale write is gone"],
          [classOf(answer) === "cross-cache-reuse", "the write still lands in the other cache"],
          [classOf(answer) !== "write-after-free", "v0 is not freed when it is written"],
        ),
    },
    {
      ask:
        "Turn poison on, and make the kernel report the write in the slab of the other cache. " +
        "With P a slab has 56 objects. Only free objects have poison, so take one object of other.",
      check: (answer) =>
        firstReason(
          [classOf(answer) !== "cross-cache-reuse", "the write does not land in another cache"],
          [reportedAtOp(answer) === "", "the kernel reports nothing"],
        ),
    },
  ],
};
