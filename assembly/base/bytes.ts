// Painting, checking and copying bytes: the inner loops of every debug option. Blocks are short
// (8 bytes of red zone, 64 to 320 of poison), so they are unrolled vector stores and compares; V8
// calls memory.fill out of line, which costs more than it saves below a few hundred bytes.

/** Sets `length` bytes at `start` to `value`. */
// @ts-ignore: decorator
@inline
export function paint(start: usize, value: u8, length: u32): void {
  if (length - 8 <= 8) {
    const word = <u64>value * 0x0101010101010101;
    store<u64>(start, word);
    store<u64>(start + length - 8, word);
  } else {
    paint_block(start, value, length);
  }
}

function paint_block(start: usize, value: u8, length: u32): void {
  if (length >= 512) {
    memory.fill(start, value, length);
    return;
  }
  const end = start + length;
  let at = start;
  if (length >= 16) {
    const pattern = i8x16.splat(<i8>value);
    for (; at + 64 <= end; at += 64) {
      v128.store(at, pattern);
      v128.store(at, pattern, 16);
      v128.store(at, pattern, 32);
      v128.store(at, pattern, 48);
    }
    for (; at + 16 <= end; at += 16) v128.store(at, pattern);
    v128.store(end - 16, pattern);
    return;
  }
  while (at < end) store<u8>(at++, value);
}

/** Whether all `length` bytes at `start` are `value`. No early exit: clean memory is the rule. */
// @ts-ignore: decorator
@inline
export function is_painted(start: usize, value: u8, length: u32): bool {
  if (length - 8 <= 8) {
    const word = <u64>value * 0x0101010101010101;
    return ((load<u64>(start) ^ word) | (load<u64>(start + length - 8) ^ word)) == 0;
  }
  return is_block_painted(start, value, length);
}

function is_block_painted(start: usize, value: u8, length: u32): bool {
  const end = start + length;
  let at = start;
  if (length >= 16) {
    const pattern = i8x16.splat(<i8>value);
    let odd = v128.xor(v128.load(end - 16), pattern);
    for (; at + 64 <= end; at += 64) {
      const one = v128.xor(v128.load(at), pattern);
      const two = v128.xor(v128.load(at, 16), pattern);
      const three = v128.xor(v128.load(at, 32), pattern);
      const four = v128.xor(v128.load(at, 48), pattern);
      odd = v128.or(odd, v128.or(v128.or(one, two), v128.or(three, four)));
    }
    for (; at + 16 <= end; at += 16) odd = v128.or(odd, v128.xor(v128.load(at), pattern));
    return !v128.any_true(odd);
  }
  while (at < end) if (load<u8>(at++) != value) return false;
  return true;
}

/** Copies `length` bytes between places that do not overlap. */
export function copy(to: usize, from: usize, length: u32): void {
  if (length > 256) {
    memory.copy(to, from, length);
  } else if (length >= 16) {
    for (let at: u32 = 0; at + 16 <= length; at += 16) v128.store(to + at, v128.load(from + at));
    v128.store(to + length - 16, v128.load(from + length - 16));
  } else if (length >= 8) {
    const end = load<u64>(from + length - 8);
    store<u64>(to, load<u64>(from));
    store<u64>(to + length - 8, end);
  } else {
    for (let at: u32 = 0; at < length; at++) store<u8>(to + at, load<u8>(from + at));
  }
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
