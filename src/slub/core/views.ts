// Typed views of linear memory. A view dies when the memory grows, so they are made anew whenever
// the buffer behind them is no longer the memory's own.
//
// The areas that core and host share never move, and are asked for once: a call into the core costs
// as much as the shadow takes for half an operation.
import type { CoreExports } from "./load.ts";

export class MemoryViews {
  readonly #memory: WebAssembly.Memory;
  /** All of linear memory as bytes. */
  u8: Uint8Array;
  /** All of linear memory as 32-bit words. */
  u32: Uint32Array;
  /** The same, signed. */
  i32: Int32Array;
  /** All of linear memory as 64-bit words; for cold code only. */
  u64: BigUint64Array;

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory;
    const buffer = memory.buffer;
    this.u8 = new Uint8Array(buffer);
    this.u32 = new Uint32Array(buffer);
    this.i32 = new Int32Array(buffer);
    this.u64 = new BigUint64Array(buffer);
  }

  /** Makes the views anew if the memory grew; true if it did. */
  refresh(): boolean {
    const buffer = this.#memory.buffer;
    if (this.u8.buffer === buffer) return false;
    this.u8 = new Uint8Array(buffer);
    this.u32 = new Uint32Array(buffer);
    this.i32 = new Int32Array(buffer);
    this.u64 = new BigUint64Array(buffer);
    return true;
  }

  /** The 32-bit number at a linear address. */
  readU32(linear: number): number {
    return this.u32[linear >>> 2];
  }

  /** The 64-bit number at a linear address that is a multiple of 8. */
  readU64(linear: number): bigint {
    return this.u64[linear >>> 3];
  }

  /** Stores a 32-bit number. */
  writeU32(linear: number, value: number): void {
    this.u32[linear >>> 2] = value;
  }

  /** Stores a 64-bit number at a linear address that is a multiple of 8. */
  writeU64(linear: number, value: bigint): void {
    this.u64[linear >>> 3] = value;
  }
}

/** The areas that core and host share, by linear address. */
export interface Areas {
  readonly config: number;
  readonly program: number;
  readonly payload: number;
  readonly result: number;
  readonly extra: number;
  readonly event: number;
  readonly slot: number;
  readonly cache: number;
  readonly window: number;
}

export function areasOf(core: CoreExports): Areas {
  return {
    config: core.config_address(),
    program: core.program_address(),
    payload: core.payload_address(),
    result: core.result_address(),
    extra: core.extra_address(),
    event: core.event_address(),
    slot: core.slot_address(),
    cache: core.cache_address(),
    window: core.window_address(),
  };
}
