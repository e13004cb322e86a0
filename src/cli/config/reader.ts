// Small checks for fields of a config. Each takes a value that may be anything, and gives back what
// it was taken for, or says in a few words what it should have been.

/** What a field, or an entry of its list, should have been. */
export class Mismatch extends Error {
  /** To be put behind the field's name. */
  readonly text: string;

  constructor(message: string, entry?: number) {
    super(message);
    this.text = entry === undefined ? ` ${message}` : `[${entry}] ${message}`;
  }
}

export type Reader<T> = (value: unknown) => T;

export function text(value: unknown): string {
  if (typeof value === "string") return value;
  throw new Mismatch("has to be text");
}

export function flag(value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw new Mismatch("has to be true or false");
}

/** A whole number between bounds. */
export function whole(least: number, most = Number.MAX_SAFE_INTEGER): Reader<number> {
  return (value) => {
    const isWhole = typeof value === "number" && Number.isSafeInteger(value);
    if (isWhole && value >= least && value <= most) return value;
    const upTo = most === Number.MAX_SAFE_INTEGER ? "" : ` up to ${most}`;
    throw new Mismatch(`has to be a whole number from ${least} on${upTo}`);
  };
}

/** A number of percent, 0 or more. */
export function percent(value: unknown): number {
  if (typeof value === "number" && value >= 0 && Number.isFinite(value)) return value;
  throw new Mismatch("has to be a number of percent from 0 on");
}

/** One of these words. */
export function oneOf<T extends string>(words: readonly T[]): Reader<T> {
  return (value) => {
    if (typeof value === "string" && (words as readonly string[]).includes(value)) {
      return value as T;
    }
    throw new Mismatch(`has to be one of ${words.join(" ")}`);
  };
}

/** Fields with values, as they stand there. */
export function record(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  throw new Mismatch("has to be an object of fields");
}

/** Several of these words, in the order of the words, each once. */
export function someOf<T extends string>(words: readonly T[]): Reader<readonly T[]> {
  const read = oneOf(words);
  return (value) => {
    if (!Array.isArray(value)) throw new Mismatch("has to be a list");
    const names = value.map((item, i) => at(i, read, item));
    return words.filter((word) => names.includes(word));
  };
}

/** A list of what `read` reads, not empty. */
export function listOf<T>(read: Reader<T>): Reader<readonly T[]> {
  return (value) => {
    if (!Array.isArray(value) || value.length === 0) throw new Mismatch("has to be a list");
    return value.map((item, i) => at(i, read, item));
  };
}

function at<T>(index: number, read: Reader<T>, value: unknown): T {
  try {
    return read(value);
  } catch (error) {
    if (error instanceof Mismatch) throw new Mismatch(error.message, index);
    throw error;
  }
}
