// The taint string of a BUG line: which kinds of trouble this machine has seen since it booted.
import type { Words } from "./kernels/index.ts";

/** Letters by position; position 0 is G as long as no proprietary module was loaded. */
const LETTERS = "PFSRMBUDAWCIOELKXTNJ";

type TaintLetter = "B" | "W" | "D";

export class Taint {
  readonly #words: Words;
  readonly #set = new Set<TaintLetter>();

  constructor(words: Words) {
    this.#words = words;
  }

  add(letter: TaintLetter): void {
    this.#set.add(letter);
  }

  has(letter: TaintLetter): boolean {
    return this.#set.has(letter);
  }

  /** "Not tainted", or "Tainted: " and one character a position. */
  text(): string {
    if (this.#set.size === 0) return "Not tainted";
    let text = "G";
    for (const letter of LETTERS.slice(1, this.#words.taintPositions)) {
      text += this.#set.has(letter as TaintLetter) ? letter : " ";
    }
    return `Tainted: ${text}${this.#words.taintTail}`;
  }
}
