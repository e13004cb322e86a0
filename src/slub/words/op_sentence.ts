// What an operation asks for, in a sentence without a full stop: `writes 8 bytes at B+320`. It says
// nothing of what came of that; key_sentences.ts does, from the shadow.
import { unreachable } from "../../base/assert.ts";
import { hex64 } from "../../base/hex.ts";
import type { Address } from "../program/address.ts";
import type { ProgramOp } from "../program/op.ts";

/** `1 byte`, `8 bytes` */
export function bytesText(count: number): string {
  return count === 1 ? "1 byte" : `${count} bytes`;
}

/** Requests that name a cache, or neither a cache nor a place. */
type CacheRequest = Extract<ProgramOp, { readonly name: string }>;
type OtherWord = "geomtsv" | "nextpfn" | "cpu" | "ctorcalls" | "scrub" | "info" | "failnth";
type SheafWord = "sheafget" | "sheafalloc" | "sheafrefill" | "sheafput";
type RcuWord =
  | "freercu"
  | "freercunl"
  | "rcubarrier"
  | "kvfreebarrier"
  | "kmallocnl"
  | "kfreenl"
  | "cpudown"
  | "cpuup"
  | "kstate";
type RcuRequest = Extract<ProgramOp, { readonly op: RcuWord }>;
type PlaceRequest = Exclude<ProgramOp, CacheRequest | { readonly op: OtherWord }>;
type SheafRequest = Extract<ProgramOp, { readonly op: SheafWord }>;

export function requestSentence(op: ProgramOp): string {
  switch (op.op) {
    case "cache":
      return `makes the cache ${op.name} for objects of ${bytesText(op.size)}`;
    case "geomtsv":
      return `asks for the layout of objects of ${bytesText(op.size)}`;
    case "setoffset":
      return `moves the free pointer of ${op.name} to offset ${op.offset}`;
    case "alloc":
      return `allocates ${op.slot} from ${op.name}${zeroText(op.zero)}`;
    case "allocn":
    case "bulkalloc":
      return `allocates ${rowText(op)} from ${op.name}`;
    case "freen":
    case "bulkfreen":
      return `frees ${rowText(op)} into ${op.name}`;
    case "free":
      return `frees ${placeText(op.target)} into ${op.name}`;
    case "freeoff":
      return `frees ${placeText(op.target, op.offset)} into ${op.name}`;
    case "bulkfree":
      return `frees ${op.targets.map((one) => placeText(one)).join(", ")} into ${op.name} at once`;
    case "rfp":
      return `reads the free pointer of ${placeText(op.target)}`;
    case "wfp":
      return `makes the free pointer of ${placeText(op.target)} point at ${placeText(op.value)}`;
    case "geometry":
    case "state":
    case "list":
      return `asks how the cache ${op.name} stands`;
    case "validate":
      return `has the cache ${op.name} checked`;
    case "shrink":
      return `gives back the empty slabs of ${op.name}`;
    case "destroy":
      return `destroys the cache ${op.name}`;
    case "nextpfn":
      return `decides that the next slab begins at page frame ${op.pfn.toString(16)}`;
    case "cpu":
      return `goes on on CPU ${op.cpu}`;
    case "failnth":
      return op.count === 0
        ? "lets no page allocation fail"
        : `makes page allocation ${op.count} from here on fail`;
    case "ctorcalls":
      return "asks how often constructors were called";
    case "scrub":
      return "clears the pages that are free";
    case "info":
      return "asks which machine this is";
    case "sheafget":
    case "sheafalloc":
    case "sheafrefill":
    case "sheafput":
      return sheafSentence(op);
    default:
      return placeSentence(op);
  }
}

function placeSentence(op: PlaceRequest): string {
  switch (op.op) {
    case "kmalloc":
      return `allocates ${op.slot}, ${bytesText(op.size)}, by kmalloc${zeroText(op.zero)}`;
    case "krealloc":
      return `makes ${placeText(op.target)} ${bytesText(op.size)} long by krealloc, as ${op.slot}`;
    case "kfree":
      return `frees ${placeText(op.target)} by kfree`;
    case "ksize":
      return `asks how long ${placeText(op.target)} is`;
    case "kgeometry":
      return `asks for the layout of ${placeText(op.target)}`;
    case "kvalidate":
      return `has the cache of ${placeText(op.target)} checked`;
    case "write":
      return `writes ${bytesText(op.hex.length / 2)} at ${placeText(op.target, op.offset)}`;
    case "fill":
      return `fills ${spanText(op)} with ${byteText(op.byte)}`;
    case "xor":
      return `flips bits of ${bytesText(op.hex.length / 2)} at ${xorPlace(op)}`;
    case "read":
      return `reads ${spanText(op)}`;
    case "wptr":
      return `stores the address ${placeText(op.value)} at ${placeText(op.target, op.offset)}`;
    case "rptr":
      return `reads an address at ${placeText(op.target, op.offset)}`;
    case "slot":
      return `gives the address ${placeText(op.target)} the name ${op.slot}`;
    case "sym":
      return `asks where ${placeText(op.target)} is`;
    case "cmp":
      return `compares ${placeText(op.target)} with ${placeText(op.other)}`;
    case "listinit":
      return `makes an empty list of ${placeText(op.target)}`;
    case "listadd":
      return `puts ${placeText(op.target)} into the list behind ${placeText(op.head)}`;
    case "listaddtail":
      return `puts ${placeText(op.target)} into the list before ${placeText(op.head)}`;
    case "listdel":
      return `takes ${placeText(op.target)} out of its list`;
    case "listwalk":
      return `walks the list from ${placeText(op.target)} on`;
    case "region":
      return `gives ${bytesText(op.size)} at ${hex64(op.address)} the name ${op.slot}`;
    default:
      return rcuSentence(op);
  }
}

function rcuSentence(op: RcuRequest): string {
  switch (op.op) {
    case "freercu":
      return `frees ${placeText(op.target)} by kfree_rcu`;
    case "freercunl":
      return `frees ${placeText(op.target)} by kfree_rcu_nolock`;
    case "rcubarrier":
      return "waits until a grace period has passed";
    case "kvfreebarrier":
      return "waits until everything that kfree_rcu freed is free";
    case "kmallocnl":
      return `allocates ${op.slot}, ${bytesText(op.size)}, by kmalloc_nolock${zeroText(op.zero)}`;
    case "kfreenl":
      return `frees ${placeText(op.target)} by kfree_nolock`;
    case "cpudown":
      return `takes CPU ${op.cpu} off line`;
    case "cpuup":
      return `takes CPU ${op.cpu} on line`;
    case "kstate":
      return `asks for the slabs of the cache of ${placeText(op.target)}`;
    default:
      return unreachable(op);
  }
}

function sheafSentence(op: SheafRequest): string {
  switch (op.op) {
    case "sheafget":
      return `gets ${op.slot}, a sheaf of ${op.name} that holds ${op.count} objects at least`;
    case "sheafalloc":
      return `allocates ${op.slot} from the sheaf ${placeText(op.target)}${zeroText(op.zero)}`;
    case "sheafrefill":
      return `has the sheaf ${placeText(op.target)} filled up to ${op.count} objects`;
    case "sheafput":
      return `gives the sheaf ${placeText(op.target)} back`;
    default:
      return unreachable(op);
  }
}

/** `B`, `B+320`, `null`, `0xffff888000001000` */
export function placeText({ slot, offset }: Address, further = 0): string {
  const distance = offset + further;
  if (distance === 0) return slot;
  return distance < 0 ? `${slot}${distance}` : `${slot}+${distance}`;
}

function spanText(op: Extract<ProgramOp, { op: "fill" | "read" }>): string {
  return `${bytesText(op.length)} at ${placeText(op.target, op.offset)}`;
}

function xorPlace({ target, offset }: Extract<ProgramOp, { op: "xor" }>): string {
  if (offset !== "fp") return placeText(target, offset);
  return `the free pointer of ${placeText(target)}`;
}

function byteText(byte: number): string {
  return `0x${byte.toString(16).padStart(2, "0")}`;
}

function zeroText(isZeroed: boolean): string {
  return isZeroed ? ", zeroed" : "";
}

function rowText({ count, prefix }: { readonly count: number; readonly prefix: string }): string {
  return count === 1 ? `${prefix}0` : `${count} objects, ${prefix}0 to ${prefix}${count - 1},`;
}
