// Kernel options beside what a variant says: `# config: +SLAB_FREELIST_RANDOM -DEBUG_LIST`.
import { UserError } from "../../base/user_error.ts";
import type { Machine } from "./machine.ts";
import type { ProfileName } from "./op.ts";

/** The part of a machine that kernel options decide. */
export type ConfigChoices = Pick<
  Machine,
  "debugList" | "cpuPartial" | "hardened" | "randomised" | "memcgKmem"
>;

const OPTIONS: Readonly<Record<string, keyof ConfigChoices>> = {
  DEBUG_LIST: "debugList",
  SLUB_CPU_PARTIAL: "cpuPartial",
  SLAB_FREELIST_HARDENED: "hardened",
  SLAB_FREELIST_RANDOM: "randomised",
  MEMCG_KMEM: "memcgKmem",
};

/** Options that can be chosen; 3.10 has cpu partial lists always, and the 6.x models no memcg. */
const CHOICES: Readonly<Record<ProfileName, readonly string[]>> = {
  "v3.10": ["DEBUG_LIST", "MEMCG_KMEM"],
  "v6.1": ["DEBUG_LIST", "SLUB_CPU_PARTIAL", "SLAB_FREELIST_HARDENED", "SLAB_FREELIST_RANDOM"],
  "v6.12": ["DEBUG_LIST", "SLUB_CPU_PARTIAL", "SLAB_FREELIST_HARDENED", "SLAB_FREELIST_RANDOM"],
  "v7.0": ["DEBUG_LIST", "SLAB_FREELIST_HARDENED", "SLAB_FREELIST_RANDOM"],
};

/** The choices that a config text makes. */
export function parseConfig(profile: ProfileName, text: string): Partial<ConfigChoices> {
  const choices: Partial<Record<keyof ConfigChoices, boolean>> = {};
  for (const word of text.split(/[ \t,]+/).filter((part) => part !== "")) {
    const name = word.slice(1);
    if (!/^[+-]/.test(word) || !CHOICES[profile].includes(name)) {
      throw new UserError(
        `config ${JSON.stringify(word)}: ${profile} can switch ${CHOICES[profile].join(", ")}, ` +
          "each with + or - before it",
      );
    }
    choices[OPTIONS[name]] = word.startsWith("+");
  }
  return choices;
}

/** The config text that turns `base` into `chosen`; empty if they are the same. */
export function configBetween(base: ConfigChoices, chosen: ConfigChoices): string {
  return Object.entries(OPTIONS)
    .filter(([, field]) => base[field] !== chosen[field])
    .map(([name, field]) => `${chosen[field] ? "+" : "-"}${name}`)
    .join(" ");
}
