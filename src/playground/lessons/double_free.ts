// Lesson 4: one double free, and what kernels of three generations make of it.
import { classOf, firstReason, type Lesson, lettersOf, placeOfSlot } from "../lesson.ts";

export const DOUBLE_FREE: Lesson = {
  title: "Double free in three generations of kernels",
  about: [
    "An object that is freed twice in a row is on the free list twice: it links to itself. " +
      "Two allocations then get the same memory, and each owner takes it for its own.",
    "Without debug letters 3.10 notices nothing. 6.1 notices nothing either, unless it is " +
      "hardened: then it compares the object with the head of the list. 7.3 puts the pointer " +
      "into a sheaf, which is an array, and compares it with nothing.",
  ],
  program: `# profile: v3.10
# boot: v310
cache c 64 0 -
alloc c a
alloc c b
free c a
free c a
alloc c x
alloc c y
cmp x y
`,
  steps: {
    3: "The first free is right: object 0 becomes the head of the free list.",
    4: "The second free puts it in front of itself. The free list is a circle now.",
    5: "x gets object 0. The free list still begins with object 0.",
    6: "y gets object 0, too.",
    7: "x and y are equal: two owners of one object. What one writes, the other reads.",
  },
  questions: [
    {
      ask: "Choose a kernel 6.1 that dies at the second free. (The variant smph is hardened.)",
      check: (answer) =>
        firstReason(
          [classOf(answer) !== "double-free", "nothing is freed twice in a row"],
          [answer.machine.profile !== "v6.1", `the kernel is ${answer.machine.profile}`],
          [answer.trace.jumps.crash === undefined, "the machine does not die"],
          [
            answer.trace.jumps.crash !== answer.trace.jumps.mistake,
            "it dies later than at the mistake",
          ],
        ),
    },
    {
      ask: "Show on 7.3, without debug letters, that x and y become the same object.",
      check: (answer) =>
        firstReason(
          [answer.machine.profile !== "v7.3", `the kernel is ${answer.machine.profile}`],
          [lettersOf(answer) !== "", "debug letters are on"],
          [placeOfSlot(answer, "x") === "", "nothing is allocated as x"],
          [placeOfSlot(answer, "x") !== placeOfSlot(answer, "y"), "x and y are two objects"],
          [classOf(answer) === "none", "x and y were not alive at the same time"],
        ),
    },
  ],
};
