// The state of a trace at one operation. It moves by applying what each operation changed, and
// back by undoing that.
import type { BytePatch, Trace, TraceDelta } from "../trace.ts";

export interface BlockBytes {
  readonly bytes: Uint8Array;
  /** By byte: the operation that wrote it last, -1 for none, and in which role. */
  readonly ops: Int32Array;
  readonly roles: Uint8Array;
}

interface Undo {
  readonly set: readonly (readonly [key: string, value: unknown])[];
  readonly mem: readonly (BlockBytes & { readonly block: number; readonly offset: number })[];
}

export class Playback {
  readonly trace: Trace;
  /** The operation that ran last. */
  at = -1;
  readonly #state = new Map<string, unknown>();
  readonly #memory: BlockBytes[] = [];
  readonly #undo: Undo[] = [];

  constructor(trace: Trace) {
    this.trace = trace;
  }

  get<Value>(key: string): Value | undefined {
    return this.#state.get(key) as Value | undefined;
  }

  /** Numbers behind a letter, of all keys that there are: blocks (b), caches (c). */
  numbers(letter: string): readonly number[] {
    const keys = [...this.#state.keys()].filter((key) => key[0] === letter);
    return keys.map((key) => Number(key.slice(1))).sort((a, b) => a - b);
  }

  memory(block: number): BlockBytes {
    this.#memory[block] ??= emptyBytes(this.trace.blocks[block].size);
    return this.#memory[block];
  }

  /** Goes to an operation; a run that ended before stays at its end. Tells which keys changed. */
  moveTo(op: number): ReadonlySet<string> {
    const changed = new Set<string>();
    const goal = Math.min(op, this.trace.ops.length - 1);
    while (this.at < goal) this.#forward(changed);
    while (this.at > goal) this.#back(changed);
    return changed;
  }

  #forward(changed: Set<string>): void {
    this.at++;
    const { set = [], mem = [] }: TraceDelta = this.trace.deltas[this.at];
    const undo: Undo = {
      set: set.map(([key]) => [key, this.#state.get(key) ?? null]),
      mem: mem.map((patch) => this.#patch(patch)),
    };
    this.#undo[this.at] = undo;
    for (const [key, value] of set) this.#put(key, value, changed);
    for (const [block] of mem) changed.add(`m${block}`);
  }

  #back(changed: Set<string>): void {
    const { set, mem } = this.#undo[this.at];
    for (const [key, value] of set) this.#put(key, value, changed);
    for (const { block, offset, bytes, ops, roles } of [...mem].reverse()) {
      const memory = this.memory(block);
      memory.bytes.set(bytes, offset);
      memory.ops.set(ops, offset);
      memory.roles.set(roles, offset);
      changed.add(`m${block}`);
    }
    this.at--;
  }

  #put(key: string, value: unknown, changed: Set<string>): void {
    if (value === null) this.#state.delete(key);
    else this.#state.set(key, value);
    changed.add(key);
  }

  /** Applies a patch, and gives what was there before. */
  #patch([block, offset, hex, role, writer]: BytePatch): Undo["mem"][number] {
    const memory = this.memory(block);
    const end = offset + hex.length / 2;
    const bytes = memory.bytes.slice(offset, end);
    const ops = memory.ops.slice(offset, end);
    const roles = memory.roles.slice(offset, end);
    for (let i = 0; i < bytes.length; i++) {
      memory.bytes[offset + i] = Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16);
    }
    memory.ops.fill(writer ?? this.at, offset, end);
    memory.roles.fill(role, offset, end);
    return { block, offset, bytes, ops, roles };
  }
}

function emptyBytes(size: number): BlockBytes {
  const ops = new Int32Array(size).fill(-1);
  return { bytes: new Uint8Array(size), ops, roles: new Uint8Array(size) };
}
