import { ABI_VERSION } from "./abi/limits.ts";
import { Op } from "./abi/op.ts";
import { Letter } from "./abi/flags.ts";
export const abi_version: u32 = ABI_VERSION;
export function probe(): i32 { return Op.CACHE + Letter.Z; }
