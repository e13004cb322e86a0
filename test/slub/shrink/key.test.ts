import { describe, expect, it } from "vitest";
import { parseScript } from "../../../src/slub/program/text.ts";
import { keyOf } from "../../../src/slub/shrink/strategy.ts";
import { compareKeys } from "../../../src/target/shrink.ts";

const keyOfText = (text: string) => keyOf(parseScript(text, "test.slab"));

/** Each is smaller than the next one, and the order says why. */
const ASCENDING: Readonly<Record<string, readonly string[]>> = {
  "fewer parts come before fewer lines": [
    "cache c 8 0 -\nalloc c a\nalloc c b\n",
    "cache c 8 0 -\nallocn c 3 p\n",
  ],
  "fewer lines come before plainer words": [
    "cache c 8 0 -\nallocn c 2 p\n",
    "cache c 8 0 -\nalloc c a\nalloc c b\n",
  ],
  "plainer words come before smaller numbers": [
    "cache c 8 0 -\nalloc c a\nwrite a 9 41\n",
    "cache c 8 0 -\nalloc c a\nfill a 0 1 00\n",
  ],
  "smaller objects come before smaller offsets": [
    "cache c 8 0 -\nalloc c a\nwrite a 9 41\n",
    "cache c 16 0 -\nalloc c a\nwrite a 0 41\n",
  ],
  "an offset is small on either side of zero": [
    "cache c 8 0 -\nalloc c a\nread a 0 1\n",
    "cache c 8 0 -\nalloc c a\nread a 1 1\n",
    "cache c 8 0 -\nalloc c a\nread a -1 1\n",
    "cache c 8 0 -\nalloc c a\nread a 2 1\n",
  ],
  "fewer bytes come before smaller offsets and plainer bytes": [
    "cache c 8 0 -\nalloc c a\nwrite a 7 ff\n",
    "cache c 8 0 -\nalloc c a\nwrite a 0 0000\n",
  ],
  "fewer flags come first": ["cache c 8 0 -\n", "cache c 8 0 H\n", "cache c 8 0 HM\n"],
  "the earlier of two slots comes first": [
    "cache c 8 0 -\nalloc c a\nalloc c b\nfree c a\n",
    "cache c 8 0 -\nalloc c a\nalloc c b\nfree c b\n",
  ],
  "the machine counts least": [
    "# boot: up\ncache c 8 0 -\n",
    "# boot: up slub_debug=F\ncache c 8 0 -\n",
    "# boot: up slub_debug=FZP\ncache c 8 0 -\n",
    "# boot: up\ncache c 9 0 -\n",
  ],
};

describe.each(Object.entries(ASCENDING))("the order of programs: %s", (_, texts) => {
  it("holds in both directions", () => {
    for (let i = 1; i < texts.length; i++) {
      expect(compareKeys(keyOfText(texts[i - 1]), keyOfText(texts[i]))).toBeLessThan(0);
      expect(compareKeys(keyOfText(texts[i]), keyOfText(texts[i - 1]))).toBeGreaterThan(0);
    }
  });
});

it("the order of programs ignores names", () => {
  const one = keyOfText("cache c 8 0 -\nalloc c a\nalloc c b\nfree c a\n");
  const other = keyOfText("cache kmem 8 0 -\nalloc kmem z\nalloc kmem y\nfree kmem z\n");
  expect(compareKeys(one, other)).toBe(0);
});
