// SHA-256: a name for contents under which nobody can pass off others; digests of hash.ts are no
// such names.
import { createHash } from "node:crypto";

/** 64 hex digits. */
export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Whether a text may be such a name. */
export const SHA256 = /^[0-9a-f]{64}$/;
