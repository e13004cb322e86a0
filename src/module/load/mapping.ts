// An explicit mapping, for modules whose names say nothing: which export does what.
//
//   malloc=Ia,free=Ja,realloc=Ka,calloc=La,align=8,init=P
//
// The types of the exports say which arguments they take. Of blocks with an alignment of their own
// there are memalign=NAME (the alignment first), aligned=NAME (in an order that is found out when
// the module runs) and posix_memalign=NAME.
import { UserError } from "../../base/user_error.ts";
import { shortName } from "../../base/visible.ts";
import type { ModuleShape } from "../../wasm/wasm_file.ts";
import type { Binding, Bound } from "./binding.ts";
import type { Role } from "./function_shape.ts";
import { boundAs, functionType, isProcedure, SHAPES, typeText } from "./function_shape.ts";

/** As a config holds it. */
export interface Mapping {
  readonly malloc: string;
  readonly free: string;
  readonly realloc?: string;
  readonly calloc?: string;
  readonly collect?: string;
  /** One of these three: the alignment first, either first, or as POSIX has it. */
  readonly memalign?: string;
  readonly aligned?: string;
  readonly posix_memalign?: string;
  /** Exports to call first, with a + between. */
  readonly init?: string;
  /** What every block is aligned to: 1 if nothing is said. */
  readonly align?: number;
}

export const MAPPING_FIELDS = [
  "malloc",
  "free",
  "realloc",
  "calloc",
  "collect",
  "memalign",
  "aligned",
  "posix_memalign",
  "init",
  "align",
] satisfies (keyof Mapping)[];

const ALIGN_MAX = 65_536;

/** Reads a mapping from its text. */
export function parseMapping(text: string): Mapping {
  const fields = new Map(text.split(",").map((part) => splitOnce(part.trim(), text)));
  for (const name of fields.keys()) {
    if (!(MAPPING_FIELDS as string[]).includes(name)) {
      throw new UserError(`unknown part ${name} of a mapping (${MAPPING_FIELDS.join(" ")})`);
    }
  }
  const { align, ...names } = Object.fromEntries(fields);
  const mapping = { ...names, ...(align === undefined ? {} : { align: Number(align) }) };
  return checkedMapping(mapping as Partial<Mapping>);
}

/** Refuses a mapping that cannot be one. */
export function checkedMapping(mapping: Partial<Mapping>): Mapping {
  const { malloc, free, align = 1 } = mapping;
  if (malloc === undefined || free === undefined) {
    throw new UserError("a mapping has to say which exports are malloc and free");
  }
  const isPower = Number.isInteger(Math.log2(align));
  if (!isPower || align < 1 || align > ALIGN_MAX) {
    throw new UserError(`a mapping's align has to be a power of two up to ${ALIGN_MAX}`);
  }
  return { ...mapping, malloc, free };
}

function splitOnce(part: string, text: string): [string, string] {
  const at = part.indexOf("=");
  if (at > 0 && at < part.length - 1) return [part.slice(0, at), part.slice(at + 1)];
  throw new UserError(`${JSON.stringify(text)} is no mapping (malloc=NAME,free=NAME,...)`);
}

/** The text that `parseMapping` reads as this. */
export function mappingText(mapping: Mapping): string {
  const parts = MAPPING_FIELDS.filter((name) => mapping[name] !== undefined);
  return parts.map((name) => `${name}=${mapping[name]}`).join(",");
}

type FunctionField = Exclude<keyof Mapping, "init" | "align">;

/** The binding that a mapping means; `name` is the module's. */
export function bindingOfMapping(mapping: Mapping, shape: ModuleShape, name: string): Binding {
  const bind = (role: Role, field: FunctionField): Bound => {
    const exported = mapping[field] ?? "";
    const bound = boundAs(role, exported, shape.exports);
    if (bound !== undefined) return bound;
    throw new UserError(`${name}: ${misfitText(field, exported, role, shape)}`);
  };
  const given = (role: Role, field: FunctionField): Bound | undefined =>
    mapping[field] === undefined ? undefined : bind(role, field);
  return {
    convention: "mapping",
    alloc: bind("alloc", "malloc"),
    free: bind("free", "free"),
    realloc: given("realloc", "realloc"),
    calloc: given("calloc", "calloc"),
    collect: given("collect", "collect"),
    aligned:
      given("aligned", "memalign") ??
      given("alignedInSomeOrder", "aligned") ??
      given("posixAligned", "posix_memalign"),
    init: initOf(mapping, shape, name),
    alignment: mapping.align ?? 1,
    hasUniqueEmptyBlocks: false,
  };
}

function misfitText(field: string, exported: string, role: Role, shape: ModuleShape): string {
  const entity = shape.exports.get(exported);
  const name = shortName(exported);
  if (entity === undefined) return `exports no ${name}, which is to be its ${field}`;
  const type = functionType(entity);
  if (type === undefined) return `exports ${name}, its ${field}, as a ${entity.kind}`;
  const counts = Object.keys(SHAPES[role]).join(" or ");
  return `cannot call ${name} as ${field}: it is ${typeText(type)}, not of ${counts} i32`;
}

function initOf({ init }: Mapping, shape: ModuleShape, name: string): readonly string[] {
  const names = init === undefined ? [] : init.split("+");
  for (const exported of names) {
    if (isProcedure(shape.exports.get(exported))) continue;
    const procedure = shortName(exported);
    throw new UserError(`${name}: exports no procedure ${procedure}, which is to be its init`);
  }
  return names;
}
