// Changes at random, from a seed: a text is cut, copied and crossed, and gets what nobody expects.
import type { Prng } from "../../../src/base/prng.ts";

const NASTY_TEXT = [
  ..."\0\r\n\t\x1b\x7f\x85\u2028\u202e\ufeff\ud800",
  ..." #:;,=+-|/\\\"'`{}[]()%$",
  ...["", "-1", "0", "4294967296", "18446744073709551616", "9".repeat(400), "1e999", "NaN"],
  ...["0x", "0xffffffffffffffff", "-0", "1.5", "__proto__", "constructor", "toString", "null"],
  ...["::error title=a::b", "##[error]", "# boot: v310", "# target: x.wasm", "x".repeat(5000)],
  ...["../../x", "glob+4096", "0xffff888003fed157", "%", "%00", "\u00a0", "é", "\r\n", "1h", "300"],
];

const NASTY_JSON: readonly unknown[] = [
  ...[null, true, false, 0, -1, 1.5, 2 ** 53, 4294967296, "", [], {}, "\0", "\ud800", "a\nb"],
  ...[{ toString: 1 }, { length: 3 }, [[[[]]]], [null], ["x", 1], "9".repeat(400), "\u202e"],
  ...[JSON.parse('{"__proto__":{"x":1}}'), { constructor: { prototype: 1 } }, "__proto__"],
];

export class Mutator {
  readonly #prng: Prng;

  constructor(prng: Prng) {
    this.#prng = prng;
  }

  /** An example with one to four changes; now and then as it is. */
  change(example: string, others: readonly string[]): string {
    const isJson = example.startsWith("{") && !example.includes("\n");
    if (isJson && this.#below(2) === 0) return this.#changeJson(example);
    let text = example;
    for (let left = this.#below(5); left > 0; left--) text = this.#changeText(text, others);
    return text;
  }

  #changeText(text: string, others: readonly string[]): string {
    const at = this.#below(text.length + 1);
    const end = Math.min(text.length, at + 1 + this.#below(12));
    const cut = text.slice(0, at) + text.slice(end);
    switch (this.#below(9)) {
      case 0:
        return cut;
      case 1:
        return text.slice(0, end) + text.slice(at);
      case 2:
        return text.slice(0, at) + this.#one(NASTY_TEXT) + text.slice(at);
      case 3:
        return text.slice(0, at) + this.#one(NASTY_TEXT) + text.slice(end);
      case 4:
        return text.slice(0, at) + String.fromCharCode(this.#below(256)) + text.slice(at + 1);
      case 5: {
        const other = this.#one(others);
        return text.slice(0, at) + other.slice(this.#below(other.length + 1));
      }
      case 6:
        return text.slice(0, at);
      case 7:
        return this.#changeWord(text);
      default: {
        const span = text.slice(at, end);
        return text.slice(0, at) + span.repeat(1 + this.#below(300)) + text.slice(end);
      }
    }
  }

  /** A word becomes another of the text, or a nasty one; two lines change places. */
  #changeWord(text: string): string {
    const words = text.split(/(\s+|[:;,=+])/);
    const at = this.#below(words.length);
    words[at] = this.#below(2) === 0 ? this.#one(NASTY_TEXT) : this.#one(words);
    return words.join("");
  }

  /** A value somewhere in it becomes a nasty one. */
  #changeJson(text: string): string {
    const root: unknown = JSON.parse(text);
    let place = root as Record<string, unknown>;
    for (;;) {
      const key = this.#one([...Object.keys(place), "x"]);
      const value = place[key];
      const isDeep = typeof value === "object" && value !== null && this.#below(3) > 0;
      if (isDeep && Object.keys(value).length > 0) {
        place = value as Record<string, unknown>;
        continue;
      }
      if (this.#below(6) === 0) delete place[key];
      else place[key] = this.#one(NASTY_JSON);
      const changed = JSON.stringify(root);
      return this.#below(8) === 0 ? changed.replace(/-?\d+/, "1e999") : changed;
    }
  }

  #one<T>(items: readonly T[]): T {
    return items[this.#below(items.length)];
  }

  #below(count: number): number {
    return this.#prng.below(count);
  }
}
