// Painting and checking bytes: the inner loops of every debug option. Blocks are short (8 bytes of
// red zone, 64 to 320 of poison), so they are unrolled vector stores and compares; V8 calls
// memory.fill out of line, which costs more than it saves below a few hundred bytes.

/** Sets `length` bytes at `start` to `value`. */
export function paint(start: usize, value: u8, length: u32): void {
  if (length >= 512) {
    memory.fill(start, value, length);
    return;
  }
  const end = start + length;
  let at = start;
  if (length >= 16) {
    const pattern = i8x16.splat(<i8>value);
    while (at + 16 <= end) {
      v128.store(at, pattern);
      at += 16;
    }
    v128.store(end - 16, pattern);
    return;
  }
  const word = <u64>value * 0x0101010101010101;
  if (length >= 8) {
    store<u64>(at, word);
    store<u64>(end - 8, word);
    return;
  }
  while (at < end) store<u8>(at++, value);
}

/** Whether all `length` bytes at `start` are `value`. No early exit: clean memory is the rule. */
export function is_painted(start: usize, value: u8, length: u32): bool {
  const end = start + length;
  let at = start;
  if (length >= 16) {
    const pattern = i8x16.splat(<i8>value);
    let odd = i64x2.splat(0);
    while (at + 16 <= end) {
      odd = v128.or(odd, v128.xor(v128.load(at), pattern));
      at += 16;
    }
    odd = v128.or(odd, v128.xor(v128.load(end - 16), pattern));
    return !v128.any_true(odd);
  }
  const word = <u64>value * 0x0101010101010101;
  if (length >= 8) return ((load<u64>(at) ^ word) | (load<u64>(end - 8) ^ word)) == 0;
  while (at < end) if (load<u8>(at++) != value) return false;
  return true;
}

/** The first byte that is not `value`, or 0: the kernel's memchr_inv(). */
export function memchr_inv(start: usize, value: u8, length: u32): usize {
  if (is_painted(start, value, length)) return 0;
  let at = start;
  while (load<u8>(at) == value) at++;
  return at;
}

/** One past the last byte below `end` that is not `value`; `first` is known to be such a byte. */
export function end_of_damage(first: usize, end: usize, value: u8): usize {
  while (end > first && load<u8>(end - 1) == value) end--;
  return end;
}

/** A 64-bit value whose bytes stand in the opposite order. */
// @ts-ignore: decorator
@inline
export function swab(value: u64): u64 {
  return bswap<u64>(value);
}
