// The shapes that functions of allocators have, and what their arguments must then be. All of them
// take and return 32-bit numbers.
import type { Entity, FunctionType } from "../../wasm/entity.ts";
import type { ModuleShape } from "../../wasm/wasm_file.ts";
import type { Argument, Bound } from "./binding.ts";

type Exports = ModuleShape["exports"];
type Shapes = Readonly<Record<number, readonly Argument[]>>;

/** By number of arguments. */
export const SHAPES = {
  alloc: { 1: ["size"], 2: ["size", "align"] },
  free: { 1: ["pointer"], 2: ["pointer", "size"], 3: ["pointer", "size", "align"] },
  realloc: {
    2: ["pointer", "size"],
    3: ["pointer", "old-size", "size"],
    4: ["pointer", "old-size", "size", "align"],
  },
  calloc: { 2: ["count", "size"] },
  aligned: { 2: ["align", "size"] },
  alignedInSomeOrder: { 2: ["size-or-align", "size-or-align"] },
  posixAligned: { 3: ["place", "align", "size"] },
  new: { 2: ["size", "class"] },
  renew: { 2: ["pointer", "size"] },
  pin: { 1: ["pointer"] },
  collect: { 0: [] },
} as const satisfies Readonly<Record<string, Shapes>>;

export type Role = keyof typeof SHAPES;

/** Functions that give a number back. */
const GIVES_NUMBER: readonly Role[] = [
  ...(["alloc", "realloc", "calloc", "aligned", "alignedInSomeOrder", "new", "renew"] as const),
  // It gives an error number back, and the pointer elsewhere.
  "posixAligned",
];

/** The export bound in a role; undefined if it is no function, or none of that shape. */
export function boundAs(role: Role, name: string, exports: Exports): Bound | undefined {
  const type = functionType(exports.get(name));
  if (type === undefined || !isPlain(type)) return undefined;
  if (GIVES_NUMBER.includes(role) && type.results.length !== 1) return undefined;
  const args = (SHAPES[role] as Shapes)[type.params.length];
  return args && { name, args };
}

/** Whether it is a function without arguments and results. */
export function isProcedure(entity: Entity | undefined): boolean {
  const type = functionType(entity);
  return type !== undefined && type.params.length === 0 && type.results.length === 0;
}

export function functionType(entity: Entity | undefined): FunctionType | undefined {
  return entity?.kind === "function" ? entity.type : undefined;
}

function isPlain({ params, results }: FunctionType): boolean {
  return [...params, ...results].every((type) => type === "i32") && results.length <= 1;
}

/** `(i32, i32) -> i32`. */
export function typeText({ params, results }: FunctionType): string {
  return `(${params.join(", ")}) -> ${results.length === 0 ? "nothing" : results.join(", ")}`;
}
