// A script as one word, to be pasted where a command wants a token; src/playground/page/share.ts is
// the same in a browser. What is packed has a checksum: any machine reads what another one packed.
import { deflateSync, inflateSync } from "node:zlib";
import { damagedToken, SCRIPT_MARK, SCRIPT_TEXT_MAX } from "../target/token_text.ts";

export function tokenOfScript(text: string): string {
  return `${SCRIPT_MARK}${deflateSync(Buffer.from(text), { level: 9 }).toString("base64url")}`;
}

/** The script of a token; refuses a damaged one. */
export function scriptOfToken(token: string): string {
  const body = token.slice(SCRIPT_MARK.length);
  const packed = Buffer.from(body, "base64url");
  if (packed.toString("base64url") !== body) throw damagedToken(token);
  try {
    return inflateSync(packed, { maxOutputLength: SCRIPT_TEXT_MAX }).toString();
  } catch {
    throw damagedToken(token);
  }
}
