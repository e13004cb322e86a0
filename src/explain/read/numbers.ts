// Numbers as kernels print them.

/** An address as a pattern, or what stands for one before a kernel can make hashes. */
export const ADDRESS = String.raw`(?:[0-9a-f]{1,16}|\(_{0,4}ptrval_{0,4}\))`;

/** A pointer as %p and its kin print it; a NULL may be words. */
export function pointerOf(text: string): bigint | undefined {
  const digits = text.trim().replace(/^0x\s*/, "");
  if (/null/i.test(digits)) return 0n;
  return /^[0-9a-f]{1,16}$/i.test(digits) ? BigInt(`0x${digits}`) : undefined;
}

/** The bytes of a row of a dump: pairs of digits, before the column of characters begins. */
export function bytesOfRow(text: string): number[] {
  const [column] = text.trimStart().split(/\s{3,}/);
  const bytes: number[] = [];
  for (const word of column.split(/\s+/)) {
    if (!/^[0-9a-f]{2}$/.test(word) || bytes.length === 16) break;
    bytes.push(Number.parseInt(word, 16));
  }
  return bytes;
}
