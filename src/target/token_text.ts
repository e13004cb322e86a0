// The fields of tokens: text that survives a shell, and numbers in their bounds.
import { UserError } from "../base/user_error.ts";
import type { CampaignOptions } from "../campaign/options.ts";

/** A token, read. */
export interface TokenParts {
  readonly options: CampaignOptions;
  readonly caseNumber: number;
  readonly build: string;
  readonly program: string;
}

/** Letters, digits and a few marks stay; shells have no designs on them. */
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

export function numberIn(word: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^[0-9]+$/.test(text) && value >= least && value <= most) return value;
  throw new UserError(`${word}: is a damaged token, ${JSON.stringify(text)} is out of place`);
}

export function seedIn(word: string, text: string): bigint {
  if (!/^[0-9]{1,20}$/.test(text) || BigInt(text) >= 1n << 64n) {
    throw new UserError(`${word}: is a damaged token, ${JSON.stringify(text)} is no seed`);
  }
  return BigInt(text);
}
