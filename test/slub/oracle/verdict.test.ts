// The verdict on each mistake under each option, and on its benign twin, the
// same program without the mistake, which must have a clean verdict.
import { describe, expect, it } from "vitest";
import { judgeScript } from "../../helper/judge.ts";

/** A program with `MISTAKE` in the middle; `twin` is the correct operation. */
interface Scene {
  readonly before: readonly string[];
  readonly mistake: string;
  readonly twin: string;
  readonly after: readonly string[];
}

const LIVE: Scene = {
  before: ["cache c 64 0 -", "alloc c a", "alloc c b", "fill a 0 64 11", "fill b 0 64 22"],
  mistake: "",
  twin: "",
  after: ["free c a", "free c b", "validate c", "destroy c"],
};

const SCENES: Readonly<Record<string, Scene>> = {
  "off-by-one": { ...LIVE, mistake: "write a 64 41", twin: "write a 63 41" },
  "off-by-one-nul": { ...LIVE, mistake: "write a 64 00", twin: "write a 63 00" },
  "overflow-right": {
    ...LIVE,
    mistake: "write a 60 4141414141414141",
    twin: "write a 56 4141414141414141",
  },
  "overflow-left": { ...LIVE, mistake: "write b -4 41414141", twin: "write b 0 41414141" },
  "write-after-free": {
    before: ["cache c 64 0 -", "alloc c a", "alloc c b", "alloc c d", "free c a"],
    mistake: "write a 63 41",
    twin: "write b 63 41",
    after: ["alloc c e", "free c b", "free c d", "free c e", "destroy c"],
  },
  "double-free": {
    before: ["cache c 64 0 -", "alloc c a", "alloc c b"],
    mistake: "free c a\nfree c a",
    twin: "free c a",
    after: ["free c b", "validate c"],
  },
  "double-free-interleaved": {
    before: ["cache c 64 0 -", "alloc c a", "alloc c b", "alloc c d", "free c a", "free c b"],
    mistake: "free c a",
    twin: "free c d",
    after: ["validate c"],
  },
  "invalid-free-interior": {
    before: ["cache c 64 0 -", "alloc c a"],
    mistake: "free c a+8",
    twin: "free c a",
    after: ["validate c"],
  },
  "invalid-free-foreign": {
    before: ["cache c 64 0 -", "alloc c a"],
    mistake: "free c glob+64",
    twin: "free c a",
    after: ["validate c"],
  },
  "wrong-cache-free": {
    before: ["cache c 64 0 -", "cache d 64 0 -", "alloc c a"],
    mistake: "free d a",
    twin: "free c a",
    after: ["validate c"],
  },
  "wrong-size-use": {
    before: ["cache c 64 0 -", "listinit glob+64", "alloc c a", "alloc c b"],
    mistake: "listadd a+56 glob+64",
    twin: "listadd a+48 glob+64\nlistdel a+48",
    after: ["free c a", "free c b"],
  },
  "free-pointer-forge": {
    before: ["cache c 64 0 -", "alloc c a", "alloc c b", "alloc c d", "free c b", "free c a"],
    mistake: "wfp c a glob+64",
    twin: "rfp c a",
    after: ["alloc c e", "alloc c f"],
  },
};

function scriptOf(scene: Scene, middle: string, boot: string): string {
  return [`# boot: ${boot}`, ...scene.before, middle, ...scene.after].join("\n");
}

function judged(cause: string, boot: string): string {
  const scene = SCENES[cause];
  const { judgement, signature } = judgeScript(scriptOf(scene, scene.mistake, boot));
  return `${judgement.verdict} ${signature}`;
}

const TOO_MANY = "Slab has fewer allocated objects than are to be freed";

/** Cause, options, and verdict with signature. */
const EXPECTED: readonly (readonly [string, string, string])[] = [
  ["off-by-one", "-", "blind off-by-one|payload|live-neighbour|blind: other-owner"],
  ["off-by-one", "F", "blind off-by-one|payload|live-neighbour|blind: other-owner"],
  ["off-by-one", "Z", "escaped off-by-one|right-redzone|own-cell|escaped: damage"],
  [
    "off-by-one",
    "FZ",
    "detected off-by-one|right-redzone|own-cell|Right Redzone overwritten at free",
  ],
  ["off-by-one", "FP", "escaped off-by-one|free-pointer|own-cell|escaped: damage"],
  [
    "off-by-one-nul",
    "FZP",
    "detected off-by-one-nul|right-redzone|own-cell|Right Redzone overwritten at free",
  ],
  [
    "overflow-right",
    "FZ",
    "detected overflow-right|right-redzone|own-cell|Right Redzone overwritten at free",
  ],
  [
    "overflow-left",
    "FZ",
    "detected overflow-left|left-redzone|own-cell|Left Redzone overwritten at free",
  ],
  ["overflow-left", "FP", "escaped overflow-left|free-pointer|live-neighbour|escaped: damage"],
  [
    "write-after-free",
    "FP",
    "detected write-after-free|payload|own-cell|End Poison overwritten at alloc",
  ],
  ["write-after-free", "FZ", "blind write-after-free|payload|own-cell|blind: damage"],
  ["double-free", "F", "detected double-free|free-list|refused|Object already free at free"],
  ["double-free", "P", `detected double-free|free-list|free-list|${TOO_MANY} at free`],
  [
    "double-free-interleaved",
    "F",
    "detected double-free-interleaved|free-list|refused|Object already free at free",
  ],
  [
    "invalid-free-interior",
    "F",
    "detected invalid-free-interior|free-list|refused|Invalid object pointer at free",
  ],
  [
    "invalid-free-foreign",
    "F",
    "detected invalid-free-foreign|free-list|refused|Object is not a Slab page at free",
  ],
  [
    "wrong-cache-free",
    "F",
    "detected wrong-cache-free|free-list|free-list|Wrong slab cache at free",
  ],
  [
    "wrong-size-use",
    "FZ",
    "detected wrong-size-use|right-redzone|own-cell|Right Redzone overwritten at free",
  ],
  [
    "free-pointer-forge",
    "F",
    "detected free-pointer-forge|free-pointer|own-cell|Freepointer corrupt at alloc",
  ],
];

describe("the verdict on 6.1", () => {
  it.each(EXPECTED)("of %s under %s is %s", (cause, letters, expected) => {
    expect(judged(cause, `up slub_debug=${letters}`)).toBe(expected);
  });
});

const EXPECTED_310: readonly (readonly [string, string, string])[] = [
  [
    "off-by-one",
    "Z",
    "detected off-by-one|right-redzone|own-cell|Right Redzone overwritten at free",
  ],
  ["overflow-left", "Z", "blind overflow-left|padding|free-neighbour|blind: damage"],
  [
    "write-after-free",
    "P",
    "detected write-after-free|payload|own-cell|End Poison overwritten at alloc",
  ],
  ["double-free", "U", "detected double-free|free-list|refused|Object already free at free"],
  ["wrong-cache-free", "F", "detected wrong-cache-free|free-list|refused|Wrong slab cache at free"],
];

describe("the verdict on 3.10, where any option switches all checks on,", () => {
  it.each(EXPECTED_310)("of %s under %s is %s", (cause, letters, expected) => {
    expect(judged(cause, `v310 slub_debug=${letters}`)).toBe(expected);
  });
});

describe("a free on 3.10 without memcg, where the cache that a page names decides,", () => {
  const verdictOf = (...lines: string[]) =>
    judgeScript(["# profile: v3.10", "# boot: v310nm", ...lines, ""].join("\n")).judgement.verdict;
  const caches = ["cache c 64 0 F", "cache d 64 0 -", "alloc c a"];

  it("of an address in no slab does not have to be seen by any check", () => {
    expect(verdictOf(...caches, "free c a+8192")).toBe("escaped");
  });

  it("of an address in a slab without options does not have to be seen by any check", () => {
    // An unused page lies between both slabs.
    expect(verdictOf(...caches, "alloc d b", "free c a+8200")).not.toBe("invariant");
  });

  it("is the subject of a report of the cache that the page names", () => {
    const wrong = ["cache d 64 0 F", "cache c 64 8 FZ", "alloc d a"];
    expect(verdictOf(...wrong, "free c a+128")).toBe("detected");
    expect(verdictOf(...wrong, "free c a+8")).toBe("detected");
  });

  it("of an address inside an object of the cache itself has to be seen", () => {
    expect(verdictOf(...caches, "free c a+8")).toBe("detected");
  });
});

describe("the benign twin", () => {
  const boots = [
    "up slub_debug=-",
    "up slub_debug=FZPU",
    "v310 slub_debug=-",
    "v310 slub_debug=FZPU",
  ];
  const cases = Object.keys(SCENES).flatMap((cause) => boots.map((boot) => [cause, boot] as const));

  it.each(cases)("of %s is ok on %s", (cause, boot) => {
    const scene = SCENES[cause];
    const { judgement, shadow } = judgeScript(scriptOf(scene, scene.twin, boot));
    expect(shadow.damages).toEqual([]);
    expect(judgement.verdict).toBe("ok");
  });
});
