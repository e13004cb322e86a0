// What the oracle has to know of the machine: plain numbers, nothing of the core.
import { PAGE_SHIFT, type Profile } from "../../abi.ts";
import { highWord, lowWord } from "../../base/bytes.ts";
import { kmallocLettersOf, secondKmallocLettersOf } from "../program/boot.ts";
import type { ProgramImage } from "../program/image.ts";
import { addressMapOf, type Machine, profileNumber } from "../program/machine.ts";

export interface OracleMachine {
  readonly profile: Profile;
  readonly nrCpuIds: number;
  readonly hardened: boolean;
  readonly randomised: boolean;
  readonly debugList: boolean;
  readonly initOnAlloc: boolean;
  readonly memcgKmem: boolean;
  /** Kernel address of the first byte of simulated RAM. */
  readonly ramHigh: number;
  readonly ramLow: number;
  readonly ramPages: number;
  /** The high word of the address of the first struct page; the low word is 0. */
  readonly vmemmapHigh: number;
  readonly globHigh: number;
  readonly globLow: number;
  readonly vglobHigh: number;
  readonly vglobLow: number;
  readonly basePfn: number;
  /** Letter bits of each kmalloc cache, in the order of their sizes. */
  readonly kmallocLetters: ArrayLike<number>;
  /** The same of dma-kmalloc (3.10) or kmalloc-rcl; empty on 6.1. */
  readonly secondKmallocLetters: readonly number[];
}

export function oracleMachineOf(machine: Machine): OracleMachine {
  const map = addressMapOf(machine.profile);
  const ram = map.directMap + (BigInt(machine.physBasePfn) << BigInt(PAGE_SHIFT));
  return {
    profile: profileNumber(machine.profile),
    nrCpuIds: machine.nrCpuIds,
    hardened: machine.hardened,
    randomised: machine.randomised,
    debugList: machine.debugList,
    initOnAlloc: machine.initOnAlloc,
    memcgKmem: machine.memcgKmem,
    ramHigh: highWord(ram),
    ramLow: lowWord(ram),
    ramPages: machine.physPages,
    vmemmapHigh: highWord(map.vmemmap),
    globHigh: highWord(machine.glob),
    globLow: lowWord(machine.glob),
    vglobHigh: highWord(machine.vglob),
    vglobLow: lowWord(machine.vglob),
    basePfn: machine.physBasePfn,
    kmallocLetters: kmallocLettersOf(machine),
    secondKmallocLetters: secondKmallocLettersOf(machine),
  };
}

/** The bytes around an access, before and after the operation that made it. */
export interface Evidence {
  readonly op: number;
  /** RAM offset of the first byte. */
  readonly at: number;
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

/** What an operation is about to meet among the sheaves of the allocator (7.3). */
export interface Sighting {
  readonly op: number;
  /** The pointer that it frees waits in a sheaf already. */
  readonly isWaiting: boolean;
  /** The sheaf that it writes into: RAM offsets of its first byte, and of the one behind it. */
  readonly sheaf: { readonly first: number; readonly end: number } | undefined;
}

export class RunRecord {
  image: ProgramImage;
  /** Memory that holds the results, the extra bytes and the events. */
  u8: Uint8Array = new Uint8Array(0);
  /** The same as signed words, which V8 keeps unboxed wherever they go. */
  i32: Int32Array = new Int32Array(0);
  /** Index in `i32` of the first result; 4 words each: status, aux, value low, value high. */
  resultAt = 0;
  /** Index in `u8` of the extra bytes. */
  extraAt = 0;
  /** Index in `u8` of the first event, and the bytes of all of them. */
  eventAt = 0;
  eventBytes = 0;

  constructor(image: ProgramImage) {
    this.image = image;
  }
}
