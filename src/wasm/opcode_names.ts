// The names of instructions, as WebAssembly's text format has them.

const COMPARISONS = "eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u";
const FLOAT_COMPARISONS = "eq ne lt gt le ge";
const ARITHMETIC =
  "clz ctz popcnt add sub mul div_s div_u rem_s rem_u and or xor shl shr_s shr_u rotl rotr";
const FLOAT_ARITHMETIC = "abs neg ceil floor trunc nearest sqrt add sub mul div min max copysign";
const WIDE_LOADS = "load8_s load8_u load16_s load16_u";

/** Names in a row, by the opcode of the first one. */
const ROWS: Readonly<Record<number, readonly string[]>> = {
  0: words("unreachable nop block loop if else"),
  11: words("end br br_if br_table return call call_indirect return_call return_call_indirect"),
  26: words("drop select select"),
  32: words("local.get local.set local.tee global.get global.set table.get table.set"),
  40: ["i32", "i64", "f32", "f64"].map((type) => `${type}.load`),
  44: [...typed("i32", WIDE_LOADS), ...typed("i64", `${WIDE_LOADS} load32_s load32_u`)],
  54: ["i32", "i64", "f32", "f64"].map((type) => `${type}.store`),
  58: [...typed("i32", "store8 store16"), ...typed("i64", "store8 store16 store32")],
  63: words("memory.size memory.grow i32.const i64.const f32.const f64.const"),
  69: ["i32.eqz", ...typed("i32", COMPARISONS), "i64.eqz", ...typed("i64", COMPARISONS)],
  91: [...typed("f32", FLOAT_COMPARISONS), ...typed("f64", FLOAT_COMPARISONS)],
  103: [...typed("i32", ARITHMETIC), ...typed("i64", ARITHMETIC)],
  139: [...typed("f32", FLOAT_ARITHMETIC), ...typed("f64", FLOAT_ARITHMETIC)],
  167: [
    ...typed("i32", "wrap_i64 trunc_f32_s trunc_f32_u trunc_f64_s trunc_f64_u"),
    ...typed("i64", "extend_i32_s extend_i32_u trunc_f32_s trunc_f32_u trunc_f64_s trunc_f64_u"),
    ...typed("f32", "convert_i32_s convert_i32_u convert_i64_s convert_i64_u demote_f64"),
    ...typed("f64", "convert_i32_s convert_i32_u convert_i64_s convert_i64_u promote_f32"),
    ...words("i32.reinterpret_f32 i64.reinterpret_f64 f32.reinterpret_i32 f64.reinterpret_i64"),
    ...words("i32.extend8_s i32.extend16_s i64.extend8_s i64.extend16_s i64.extend32_s"),
  ],
  208: words("ref.null ref.is_null ref.func"),
  64512: [
    ...typed("i32", "trunc_sat_f32_s trunc_sat_f32_u trunc_sat_f64_s trunc_sat_f64_u"),
    ...typed("i64", "trunc_sat_f32_s trunc_sat_f32_u trunc_sat_f64_s trunc_sat_f64_u"),
    ...words("memory.init data.drop memory.copy memory.fill table.init elem.drop table.copy"),
    ...words("table.grow table.size table.fill"),
  ],
  64768: ["v128.load"],
  64779: words("v128.store v128.const"),
  64852: [...typed("v128", "load8_lane load16_lane load32_lane load64_lane")],
  64856: [...typed("v128", "store8_lane store16_lane store32_lane store64_lane")],
};

const NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(ROWS).flatMap(([first, names]) =>
    names.map((name, i): [number, string] => [Number(first) + i, name]),
  ),
);

/** `i32.add`; of vectors most have a number here, `v128 0xfd6e`. */
export function opcodeName(opcode: number): string {
  return NAMES.get(opcode) ?? `${opcode >= 0xfd00 ? "v128 " : ""}0x${opcode.toString(16)}`;
}

function words(text: string): readonly string[] {
  return text.split(" ");
}

function typed(type: string, names: string): readonly string[] {
  return words(names).map((name) => `${type}.${name}`);
}
