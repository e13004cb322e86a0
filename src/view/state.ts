// The table of a trace: remembers what each key holds, and which of them the operation at hand
// changed.

export class StateTable {
  readonly #texts = new Map<string, string>();
  #changed: [key: string, value: unknown][] = [];

  /** What a key holds. */
  get<Value>(key: string): Value | undefined {
    const text = this.#texts.get(key);
    return text === undefined ? undefined : (JSON.parse(text) as Value);
  }

  /** From now on the key holds the value. */
  put(key: string, value: unknown): void {
    const text = JSON.stringify(value);
    if (this.#texts.get(key) === text) return;
    this.#texts.set(key, text);
    this.#changed.push([key, value]);
  }

  /** From now on the key holds nothing. */
  drop(key: string): void {
    if (this.#texts.delete(key)) this.#changed.push([key, null]);
  }

  /** What changed since the last time. */
  take(): readonly (readonly [key: string, value: unknown])[] {
    const changed = this.#changed;
    this.#changed = [];
    return changed;
  }
}
