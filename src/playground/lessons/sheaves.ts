// Lesson 8: sheaves, in which free objects of the newest kernel wait.
import {
  classOf,
  firstReason,
  type Lesson,
  placeInRow,
  placeOfSlot,
  reportedAtOp,
} from "../lesson.ts";

export const SHEAVES_OF_7_3: Lesson = {
  title: "Sheaves: where 7.3 keeps free objects",
  about: [
    "7.3 gives each CPU a sheaf: an array of pointers to free objects. An allocation takes " +
      "the last pointer, a free adds one. The slab is told only when a sheaf is full or is " +
      "flushed.",
    "So a mistake shows late. A double free puts a pointer into the array twice, and nobody " +
      "looks. Only caches with debug letters have no sheaves: there each free goes to the slab, " +
      "and is checked.",
  ],
  program: `# profile: v7.3
# boot: up
cache c 64 0 -
allocn c 4 p
free c p0
list c
free c p1
free c p0
list c
alloc c x
alloc c y
alloc c z
cmp x z
`,
  steps: {
    1:
      "A sheaf is filled from the whole slab; the first allocation takes its last object, so " +
      "addresses fall.",
    2: "p0 goes into the sheaf. Its slab still counts it as in use.",
    3: "list shows the sheaf: main of CPU 0, with the numbers of the objects.",
    5: "p0 once more. The pointer is in the array twice now, with p1 between.",
    6: "The list shows it twice.",
    9: "x and z got the same object. No list was broken: the array just holds the pointer twice.",
  },
  questions: [
    {
      ask: "Stay on 7.3, keep the double free, and let the kernel report it.",
      check: (answer) =>
        firstReason(
          [answer.machine.profile !== "v7.3", `the kernel is ${answer.machine.profile}`],
          [!classOf(answer).startsWith("double-free"), "nothing is freed twice"],
          [reportedAtOp(answer) === "", "the kernel reports nothing"],
        ),
    },
    {
      ask: "Mend the double free, and stay on 7.3: x must get the object that p1 had.",
      check: (answer) =>
        firstReason(
          [answer.machine.profile !== "v7.3", `the kernel is ${answer.machine.profile}`],
          [answer.trace.verdict !== "ok", "the program makes a mistake"],
          [placeOfSlot(answer, "x") === "", "nothing is allocated as x"],
          [placeOfSlot(answer, "x") !== placeInRow(answer, 1), "x is another object"],
        ),
    },
  ],
};
