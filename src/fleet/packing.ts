// How texts and files lie in Redis: deflated. Who else can write there may put in anything, so that
// nothing is unpacked beyond what it may have.
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { UserError } from "../base/user_error.ts";

/** Bytes of a text that is unpacked. */
const TEXT_MAX = 16 * 1024 * 1024;

export function packed(contents: string | Uint8Array): Buffer {
  return deflateRawSync(contents, { level: 9 });
}

/** The text again. Throws a UserError that begins with `name`. */
export function unpacked(bytes: Uint8Array, name: string): string {
  return unpackedFile(bytes, TEXT_MAX, name).toString("utf8");
}

/** At most so many bytes. Throws a UserError that begins with `name`. */
export function unpackedFile(bytes: Uint8Array, most: number, name: string): Buffer {
  try {
    return inflateRawSync(bytes, { maxOutputLength: Math.max(1, most) });
  } catch {
    throw new UserError(`${name}: is damaged, or larger than ${most} bytes`);
  }
}
