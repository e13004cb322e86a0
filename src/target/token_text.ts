// The fields of tokens: text that survives a shell, and numbers in their bounds.
import { UserError } from "../base/user_error.ts";
import { CASES_MAX } from "./options.ts";

/** A token, read: the campaign, and which of its cases. */
export interface TokenParts<Options> {
  readonly options: Options;
  readonly caseNumber: number;
  /** Digits of the target that the token was made with. */
  readonly build: string;
  /** Digits of the case's program; `-` for a campaign as a whole. */
  readonly program: string;
}

/** How tokens of scripts begin; behind it stands the script, packed as zlib does, in base64url. */
export const SCRIPT_MARK = "ss1:";

/** No script of a token is longer: a few bytes could be unpacked to any length. */
export const SCRIPT_TEXT_MAX = 1 << 20;

export function damagedToken(token: string): UserError {
  return new UserError(`${token.slice(0, 40)}: the token is damaged`);
}

/** What a token says where it stands for a campaign as a whole. */
export const NO_PROGRAM = "-";

/** Letters, digits and a few marks stay; all else is escaped, so that shells leave it alone. */
export function escaped(text: string): string {
  return encodeURIComponent(text).replace(/[!*'()~]/g, (mark) => {
    return `%${mark.charCodeAt(0).toString(16).toUpperCase()}`;
  });
}

export function unescaped(word: string, text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new UserError(`${word}: is a damaged token`);
  }
}

/** The fields of a token; refuses another number of them. */
export function fieldsOf(word: string, mark: string, count: number): readonly string[] {
  const fields = word.split(":");
  if (fields.length === count && fields[0] === mark) return fields;
  throw new UserError(`${word}: is no token, it has ${fields.length} fields and not ${count}`);
}

export function numberIn(word: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^[0-9]+$/.test(text) && value >= least && value <= most) return value;
  throw new UserError(`${word}: is a damaged token, ${JSON.stringify(text)} is out of place`);
}

export function caseNumberIn(word: string, text: string): number {
  return numberIn(word, text, 0, CASES_MAX - 1);
}

export function seedIn(word: string, text: string): bigint {
  if (!/^[0-9]{1,20}$/.test(text) || BigInt(text) >= 1n << 64n) {
    throw new UserError(`${word}: is a damaged token, ${JSON.stringify(text)} is no seed`);
  }
  return BigInt(text);
}
