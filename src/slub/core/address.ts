// Address arithmetic of a machine: where its RAM lies, and which struct page describes which
// memory. As in the kernel nothing is looked up.
import { PAGE_SHIFT, STRUCT_PAGE_SIZE } from "../../abi.ts";
import { addressMapOf, type Machine } from "../program/machine.ts";

/** First byte of the memory that a struct page describes. */
export function pageAddress(machine: Machine, page: bigint): bigint {
  const { directMap, vmemmap } = addressMapOf(machine.profile);
  const frame = (page - vmemmap) / BigInt(STRUCT_PAGE_SIZE);
  return directMap + (frame << BigInt(PAGE_SHIFT));
}

/** The struct page of an address in RAM. */
export function pageOf(machine: Machine, address: bigint): bigint {
  const { directMap, vmemmap } = addressMapOf(machine.profile);
  return vmemmap + ((address - directMap) >> BigInt(PAGE_SHIFT)) * BigInt(STRUCT_PAGE_SIZE);
}

/** First address of simulated RAM. */
export function ramBase(machine: Machine): bigint {
  const { directMap } = addressMapOf(machine.profile);
  return directMap + (BigInt(machine.physBasePfn) << BigInt(PAGE_SHIFT));
}

export function isInRam(machine: Machine, address: bigint): boolean {
  const offset = address - ramBase(machine);
  return offset >= 0n && offset < BigInt(machine.physPages) << BigInt(PAGE_SHIFT);
}
