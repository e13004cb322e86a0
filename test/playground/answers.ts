// For each question of each lesson: a right answer and three wrong ones, as changes of its program.

type Change = (program: string) => string;

interface Answers {
  readonly right: Change;
  readonly wrong: readonly [Change, Change, Change];
}

const unchanged: Change = (program) => program;

/** Changes that a reader makes in the editor: each must find what it replaces. */
function put(from: string, to: string): Change {
  return (program) => {
    if (!program.includes(from)) throw new Error(`no ${JSON.stringify(from)} in the program`);
    return program.replace(from, to);
  };
}

const both =
  (...changes: readonly Change[]): Change =>
  (program) =>
    changes.reduce((text, change) => change(text), program);

const add =
  (lines: string): Change =>
  (program) =>
    program + lines;

/** Another kernel, in a program that names one. */
const on = (profile: string, boot: string): Change =>
  both(put("v3.10", profile), put("v310", boot));

const FREES = "free c p0\nfree c p1\n";

export const ANSWERS: readonly (readonly [Answers, Answers])[] = [
  [
    {
      right: put(FREES, "free c p1\nfree c p0\n"),
      wrong: [unchanged, put(FREES, ""), put(FREES, "free c p0\nfree c p0\n")],
    },
    {
      right: add("alloc c z\n"),
      wrong: [
        unchanged,
        put("alloc c x", "alloc c z"),
        put("alloc c x", "cache d 96 0 -\nalloc d z"),
      ],
    },
  ],
  [
    {
      right: put("cache c 60", "cache c 61"),
      wrong: [unchanged, put("write a 60 41\n", ""), put("free c a\n", "")],
    },
    {
      right: put(" slub_debug=FZ", ""),
      wrong: [unchanged, put("=FZ", "=ZP"), put("free c a\n", "")],
    },
  ],
  [
    {
      right: put("alloc c b", "validate c"),
      wrong: [
        unchanged,
        put("write a 8 42\n", "validate c\nwrite a 8 42\n"),
        put("write a 8 42\n", "validate c\n"),
      ],
    },
    {
      right: put("write a 8 42", "read a 8 4"),
      wrong: [
        unchanged,
        put("write a 8 42\n", ""),
        both(put("=FP", "=F"), put("write a 8 42", "read a 8 4")),
      ],
    },
  ],
  [
    {
      right: on("v6.1", "smph"),
      wrong: [unchanged, on("v6.1", "up"), on("v6.12", "smph")],
    },
    {
      right: on("v7.3", "up"),
      wrong: [
        unchanged,
        on("v7.3", "up slub_debug=F"),
        both(on("v7.3", "up"), put("free c a\nfree c a\n", "free c a\n")),
      ],
    },
  ],
  [
    {
      right: put("# boot: v310", "# boot: v310 slub_nomerge"),
      wrong: [unchanged, put("v310", "v310 slub_debug=Z"), put("AAA 312", "AAA 400")],
    },
    {
      right: put("# boot: v310", "# boot: v310 slub_debug=FZ"),
      wrong: [
        unchanged,
        both(put("v310", "v310 slub_debug=FZ"), put("free AAA B\n", "")),
        put("v310", "v310 slub_debug=U"),
      ],
    },
  ],
  [
    {
      right: put("freen victim 64 v", "freen victim 63 v"),
      wrong: [unchanged, put("write v0 16 4142434445464748\n", ""), put("freen victim 64 v\n", "")],
    },
    {
      right: both(
        put("slub_nomerge", "slub_nomerge slub_debug=P"),
        both(put("victim 64 v", "victim 56 v"), put("victim 64 v", "victim 56 v")),
        put("allocn other 64 o\nwrite v0", "alloc other o0\nwrite v1"),
        put("read o0 16 8", "validate other"),
      ),
      wrong: [
        unchanged,
        put("slub_nomerge", "slub_nomerge slub_debug=F"),
        put("write v0", "write o0"),
      ],
    },
  ],
  [
    {
      right: put("# boot: v310", "# boot: v310 slub_debug=U"),
      wrong: [unchanged, put("v310", "v310 slub_debug=FZ"), put("write a 64", "write a 56")],
    },
    {
      right: put("# boot: v310", "# boot: v310 slub_debug=FZ"),
      wrong: [unchanged, put("v310", "v310 slub_debug=U"), put("write a 64", "write a 56")],
    },
  ],
  [
    {
      right: put("# boot: up", "# boot: up slub_debug=F"),
      wrong: [unchanged, put("v7.3", "v6.1"), put("free c p1\nfree c p0\n", "free c p1\n")],
    },
    {
      right: put("free c p1\nfree c p0\n", "free c p1\n"),
      wrong: [
        unchanged,
        both(put("v7.3", "v6.1"), put("free c p1\nfree c p0\n", "free c p1\n")),
        put("free c p1\nfree c p0\n", "alloc c x\n"),
      ],
    },
  ],
];
