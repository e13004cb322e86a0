// What lies in Redis, packed: JSON or a line of a journal, compressed. What comes back is bounded,
// however much somebody has compressed.
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { UserError } from "../base/user_error.ts";

/** Bytes of a text that is unpacked. */
const TEXT_MAX = 16 * 1024 * 1024;

export function packed(text: string): Buffer {
  return deflateRawSync(text, { level: 9 });
}

/** The text again. Throws a UserError that begins with `name`. */
export function unpacked(bytes: Buffer, name: string): string {
  try {
    return inflateRawSync(bytes, { maxOutputLength: TEXT_MAX }).toString("utf8");
  } catch {
    throw new UserError(`${name}: is damaged, or larger than ${TEXT_MAX} bytes`);
  }
}
