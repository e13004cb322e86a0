// Lesson 2: a byte too far, and the red zone that it falls into.
import { classOf, firstReason, hasLine, type Lesson, lettersOf, reportedAtOp } from "../lesson.ts";

export const RED_ZONES: Lesson = {
  title: "Red zones and the byte too far",
  about: [
    "An object of 60 bytes has the offsets 0 to 59. A write at offset 60 is one byte too far: " +
      "off by one.",
    "With the letter Z the kernel puts a red zone before and behind each object: bytes with a " +
      "known value that nobody may write. It looks at them when the object is freed, and not " +
      "when somebody writes.",
  ],
  program: `# boot: up slub_debug=FZ
cache c 60 0 -
alloc c a
write a 59 41
write a 60 41
free c a
`,
  steps: {
    0: "With Z each object takes 80 bytes instead of 64: red zones cost memory.",
    1: "a lies between its red zones. On the page, a click on the object shows their bytes.",
    2: "Offset 59 is the last byte of the object. a may write it.",
    3:
      "Offset 60 is the first byte of the red zone. The kernel does not notice, because no " +
      "check looks at the object now.",
    4:
      "The free checks the red zone and finds the byte 41 in it. The report names this free; " +
      "the write was one operation earlier.",
  },
  questions: [
    {
      ask: "Keep the write at offset 60, and change the program so that the write is allowed.",
      check: (answer) =>
        firstReason(
          [!hasLine(answer, /^(write|fill) a 60 /), "the write at offset 60 of a is gone"],
          [answer.trace.verdict !== "ok", "the byte at offset 60 still belongs to nobody"],
        ),
    },
    {
      ask: "Keep the mistake, and change only the boot line so that the kernel reports nothing.",
      check: (answer) =>
        firstReason(
          [classOf(answer) !== "off-by-one", "the mistake is gone"],
          [reportedAtOp(answer) !== "", `the kernel still reports it at "${reportedAtOp(answer)}"`],
          [lettersOf(answer).includes("Z"), "Z still is on: the check was avoided in another way"],
        ),
    },
  ],
};
