// How much a module may do at a time and how large its memory may become, where somebody said so.
// Both decide what a case comes to, so tokens, scripts and builds name them.
import { UserError } from "../../base/user_error.ts";
import type { ModuleLimits } from "../../target/options.ts";
import { PAGE_BYTES, PAGES_MAX } from "../../wasm/cap.ts";

export const FUEL_LEAST = 1_000_000;
/** Counters have 32 bits with a sign. */
export const FUEL_MOST = 2_000_000_000;

/** Reads the fuel of a script's header. */
export function parseFuel(text: string): number {
  const fuel = /^\d{1,10}$/.test(text) ? Number(text) : 0;
  if (fuel >= FUEL_LEAST && fuel <= FUEL_MOST) return fuel;
  throw new UserError(`must be a whole number from ${FUEL_LEAST} to ${FUEL_MOST}`);
}

const UNITS: Readonly<Record<string, number>> = { KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };

/** Reads `64MiB`, `640KiB`, `1GiB`: whole pages of 64 KiB. */
export function parseMemory(text: string): number {
  const [, digits, unit] = /^(\d{1,8})(KiB|MiB|GiB)$/.exec(text) ?? [];
  if (unit === undefined) throw new UserError("must be a size such as 64MiB, 640KiB or 1GiB");
  const bytes = Number(digits) * UNITS[unit];
  if (bytes > 0 && bytes % PAGE_BYTES === 0 && bytes <= PAGES_MAX * PAGE_BYTES) return bytes;
  throw new UserError("must be whole pages of 64KiB, and 4GiB at most");
}

/** The same size as text. */
export function memoryText(bytes: number): string {
  return bytes % UNITS["MiB"] === 0 ? `${bytes / UNITS["MiB"]}MiB` : `${bytes / UNITS["KiB"]}KiB`;
}

/** Those that were said, and no others. */
export function limitsOf({ fuel, memory }: ModuleLimits): ModuleLimits {
  return {
    ...(fuel === undefined ? {} : { fuel }),
    ...(memory === undefined ? {} : { memory }),
  };
}

/** The words of a command line for them. */
export function limitWords({ fuel, memory }: ModuleLimits) {
  return { "--fuel": fuel, "--memory": memory && memoryText(memory) };
}
