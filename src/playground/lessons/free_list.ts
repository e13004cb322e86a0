// Lesson 1: the free list, and which object comes next.
import { firstReason, type Lesson, placeInRow, placeOfSlot } from "../lesson.ts";

export const FREE_LIST: Lesson = {
  title: "The free list: last in, first out",
  about: [
    "A slab is a row of objects of one size. The free ones are linked: each holds, in its own " +
      "bytes, the address of the next one. That is the free list.",
    "An allocation takes the first object of the list. A free puts its object in front. So " +
      "the object that was freed last is the first to be handed out again.",
  ],
  program: `# boot: up
cache c 64 0 -
allocn c 3 p
free c p0
free c p1
alloc c x
alloc c y
`,
  steps: {
    0: "The cache c has objects of 64 bytes. It has no slab yet.",
    1: "Three allocations make a slab and take its first three objects, 0, 1 and 2.",
    2: "p0 goes back: object 0 is the head of the free list now, and its link leads to object 3.",
    3: "p1 goes back in front of it: the list is 1, then 0, then 3.",
    4: "x takes the head of the list. That is object 1, which was freed last.",
    5: "y takes the next one, object 0.",
  },
  questions: [
    {
      ask: "Change the order of operations so that x gets the object that p0 had.",
      check: (answer) =>
        firstReason(
          [answer.trace.verdict !== "ok", "the program makes a mistake"],
          [placeOfSlot(answer, "x") === "", "nothing is allocated as x"],
          [placeOfSlot(answer, "x") !== placeInRow(answer, 0), "x is another object"],
        ),
    },
    {
      ask: "Go on after y: allocate z, which must be an object that was never used before.",
      check: (answer) => {
        const z = placeOfSlot(answer, "z");
        const before = answer.trace.ops.filter(({ text }) => !/ z$/.test(text));
        return firstReason(
          [answer.trace.verdict !== "ok", "the program makes a mistake"],
          [z === "", "nothing is allocated as z"],
          [!z.startsWith("c/"), "z is not from the cache c"],
          [before.some(({ result }) => result.includes(`${z} `)), "z was used before"],
        );
      },
    },
  ],
};
