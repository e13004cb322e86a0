// Lesson 7: a debug option moves what it looks at, and can hide what it should show.
import {
  type Answer,
  classOf,
  firstReason,
  type Lesson,
  lettersOf,
  reportedAtOp,
} from "../lesson.ts";

export const HIDING: Lesson = {
  title: "Why an option hides the bug that it should show",
  about: [
    "Debug options add bytes to each object: red zones, tracks, a free pointer behind the " +
      "object. So objects lie elsewhere, and the same write hits something else.",
    "Without options this program harms b. Under U the same write falls into the bytes that " +
      "the option itself has added. b is unharmed, no check looks there, and the symptom is " +
      "gone while you search for its cause.",
  ],
  program: `# boot: v310
# cpus: 1
cache c 64 0 -
alloc c a
alloc c b
fill b 0 64 00
write a 64 4142434445464748
read b 0 8
free c a
free c b
`,
  steps: {
    3: "b holds zeros.",
    4: "The write begins at the first byte behind a, where b begins.",
    5: "b has lost its zeros. Whoever relies on them fails here, far from the cause.",
    7: "Both are freed, and nothing is reported, because no option is on.",
  },
  questions: [
    {
      ask:
        "Choose debug letters with which b keeps its zeros, and the kernel still reports " +
        "nothing.",
      check: (answer) =>
        firstReason(
          [answer.trace.jumps.mistake === undefined, "the write behind a is gone"],
          [!readsZeros(answer), "b has lost its zeros, or is not read"],
          [reportedAtOp(answer) !== "", `the kernel reports it at "${reportedAtOp(answer)}"`],
          [lettersOf(answer) === "", "no debug letters are on"],
        ),
    },
    {
      ask: "Choose debug letters with which the kernel reports the write.",
      check: (answer) =>
        firstReason(
          [!/^(overflow|off-by-one)/.test(classOf(answer)), "the write behind a is gone"],
          [reportedAtOp(answer) === "", "the kernel reports nothing"],
        ),
    },
  ],
};

function readsZeros({ trace }: Answer): boolean {
  return trace.ops.some(({ text, result }) => text === "read b 0 8" && /^0{16}\b/.test(result));
}
