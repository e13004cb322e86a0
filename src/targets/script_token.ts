// A script as one word, to be pasted where a command wants a token.
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { UserError } from "../base/user_error.ts";

/** How tokens of scripts begin. */
export const SCRIPT_MARK = "ss1:";

const TEXT_MAX = 1 << 20;

export function tokenOfScript(text: string): string {
  return `${SCRIPT_MARK}${deflateRawSync(Buffer.from(text)).toString("base64url")}`;
}

/** The script of a token; refuses a damaged one. */
export function scriptOfToken(token: string): string {
  try {
    const packed = Buffer.from(token.slice(SCRIPT_MARK.length), "base64url");
    const text = inflateRawSync(packed, { maxOutputLength: TEXT_MAX }).toString();
    if (tokenOfScript(text) === token) return text;
  } catch {
    // Said below, as for a token whose text is another one.
  }
  throw new UserError(`${token.slice(0, 40)}: the token is damaged`);
}
