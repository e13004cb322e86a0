// All groups of `npm run bench`, in the order in which they are played.
import { allocatorGroups } from "./allocators.ts";
import { cacheGroups } from "./caches.ts";
import { caseGroups } from "./cases.ts";
import { foreignGroups } from "./foreign.ts";
import { buildEmmalloc } from "./heaps/emmalloc.ts";
import { buildTlsf } from "./heaps/tlsf.ts";
import { recordGroups } from "./record.ts";
import type { Group } from "./table.ts";

/** Modules with which the core is compared are built only for the groups in which they play. */
export function groupsWanted(isWanted: (name: string) => boolean, say: (text: string) => void) {
  const hasAllocators = allocatorGroups([]).some(({ name }) => isWanted(name));
  const guests = hasAllocators ? guestsFor(say) : [];
  const kernel = [...allocatorGroups(guests), ...cacheGroups(), ...caseGroups()];
  const all = [...kernel, ...foreignGroups(), ...recordGroups()];
  return all.filter(({ name }): boolean => isWanted(name)) satisfies Group[];
}

function guestsFor(say: (text: string) => void) {
  const emmalloc = buildEmmalloc();
  if (emmalloc === undefined) say("no emcc on the PATH: the rows of emmalloc are left out");
  const tlsf = buildTlsf();
  return emmalloc === undefined ? [tlsf] : [tlsf, emmalloc];
}
