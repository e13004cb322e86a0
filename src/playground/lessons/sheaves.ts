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
    "In 7.3 a cache has a sheaf for each CPU: an array of pointers to free objects. An " +
      "allocation takes the last pointer, and a free adds one. The slab learns of a free only " +
      "when a sheaf is flushed.",
    "So a mistake shows late. A double free puts a pointer into the array twice, and nobody " +
      "looks. A cache with debug letters has no sheaves: each free goes to its slab, where F " +
      "checks it.",
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
      "The sheaf is filled with the first 60 objects of a new slab. Each allocation takes the " +
      "last one of the sheaf, so addresses fall.",
    2: "p0 goes into the sheaf. Its slab still counts it as in use.",
    3:
      "list shows the sheaf: main of CPU 0, with the numbers of the objects. The next to be " +
      "handed out comes first.",
    5: "p0 is freed once more. Its pointer is in the array twice now, with that of p1 between.",
    6: "The list shows it twice.",
    9: "x and z are the same object. No list is broken: the array held the pointer twice.",
  },
  questions: [
    {
      ask: "Stay on 7.3, keep the double free, and make the kernel report it.",
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
