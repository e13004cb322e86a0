// Numbers as WebAssembly spells them: seven bits a byte, lowest first, the top bit says "more".
import { UserError } from "../base/user_error.ts";

/** A number of 64 bits takes no more. */
export const NUMBER_BYTES_MAX = 10;

/** Reads through bytes from `at` on; an end that comes too early is the file's fault. */
export class ByteReader {
  readonly bytes: Uint8Array;
  at: number;
  readonly end: number;

  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  get isDone(): boolean {
    return this.at >= this.end;
  }

  byte(): number {
    if (this.at >= this.end) throw new UserError("the module ends in the middle of something");
    return this.bytes[this.at++];
  }

  /** An unsigned number of 32 bits. */
  u32(): number {
    const first = this.byte();
    if (first < 0x80) return first;
    let value = first & 0x7f;
    for (let shift = 7; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new UserError("the module has a number that does not fit 32 bits");
  }

  /** An unsigned number of up to 64 bits, as near as a number of JavaScript comes to it. */
  u64(): number {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new UserError("the module has a number that does not fit 64 bits");
  }

  /** A signed number of up to 64 bits. */
  signed(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(Number(shift) + 7, value);
    }
    throw new UserError("the module has a number that does not fit 64 bits");
  }

  /** Goes past a number of any kind: most numbers of a module are nobody's concern. */
  skipNumber(): void {
    for (let length = 0; length < NUMBER_BYTES_MAX; length++) {
      if (this.byte() < 0x80) return;
    }
    throw new UserError("the module has a number that does not fit 64 bits");
  }

  skip(count: number): void {
    if (count < 0 || count > this.end - this.at) {
      throw new UserError("the module ends in the middle of something");
    }
    this.at += count;
  }

  /** As many items as the number in front of them says. */
  list<T>(read: () => T): T[] {
    const items: T[] = [];
    for (let left = this.u32(); left > 0; left--) items.push(read());
    return items;
  }

  /** A length, and so many bytes of UTF-8. */
  text(): string {
    const length = this.u32();
    const first = this.at;
    this.skip(length);
    return new TextDecoder().decode(this.bytes.subarray(first, this.at));
  }
}

/** Bytes of an unsigned number. */
export function unsignedBytes(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  return [...bytes, rest];
}

/** Bytes of a signed number. */
export function signedBytes(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest < -64n || rest > 63n) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  return [...bytes, Number(rest & 0x7fn)];
}

/** Length and bytes of a text. */
export function textBytes(text: string): number[] {
  const bytes = new TextEncoder().encode(text);
  return [...unsignedBytes(bytes.length), ...bytes];
}
