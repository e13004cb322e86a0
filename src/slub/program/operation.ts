// What the table of operations says of each, and how its entries begin.
import { Op } from "../../abi.ts";
import type { FieldKind } from "./fields.ts";

export interface Operation {
  readonly code: Op;
  readonly aux?: number;
  readonly fields: readonly FieldKind[];
  readonly result: string;
  readonly c?: string;
  readonly help: string;
  /** The first kernel that has it, where not all do. */
  readonly since?: "v7.3";
}

/** Marks what only 7.3 has. */
export const SINCE_73 = { since: "v7.3" } as const;

export type Group = Readonly<Record<string, Operation>>;

export function core<const Kinds extends readonly FieldKind[]>(code: Op, ...fields: Kinds) {
  return { code, fields };
}

/** The core passes over it, and the host answers. */
export function host<const Kinds extends readonly FieldKind[]>(aux: number, ...fields: Kinds) {
  return { code: Op.NOP, aux, fields };
}
