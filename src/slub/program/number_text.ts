// Numbers as scripts write them: decimal, 0x-hex or 0-octal, as the kernel's kstrtol() reads them.

const UNSIGNED = /^(0x[0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)$/;

/** A number without a sign; undefined if the text is anything else. */
export function parseUnsigned(text: string): number | undefined {
  if (!UNSIGNED.test(text)) return undefined;
  const isOctal = /^0[0-7]+$/.test(text);
  return isOctal ? Number.parseInt(text, 8) : Number(text);
}

/** A number that may have a sign. */
export function parseSigned(text: string): number | undefined {
  const sign = /^[+-]/.test(text) ? text[0] : "";
  const magnitude = parseUnsigned(text.slice(sign.length));
  if (magnitude === undefined) return undefined;
  return sign === "-" && magnitude !== 0 ? -magnitude : magnitude;
}
