// Kernel events as the core recorded them, decoded one at a time. What the fields of each kind mean
// stands in assembly/abi/event.ts.
import { EVENT_HEADER_SIZE, EventField, type EventKind } from "../../abi.ts";
import { readU16, readU32, readU64 } from "../../base/bytes.ts";

/** Something that the kernel would have printed. */
export interface KernelEvent {
  readonly kind: EventKind;
  readonly code: number;
  /** The CPU that printed it, where reports say so (7.3); else 0. */
  readonly cpu: number;
  /** Index of the operation that caused it. */
  readonly op: number;
  /** Index of the kmem_cache, NO_CACHE_INDEX for none. */
  readonly cache: number;
  readonly a: bigint;
  readonly b: bigint;
  readonly c: bigint;
  readonly x: number;
  readonly y: number;
  readonly z: number;
  /** A copy: it outlives the run. */
  readonly bytes: Uint8Array;
}

/** Bytes from this record to the next. */
function eventSize(memory: Uint8Array, at: number): number {
  return readU32(memory, at + EventField.SIZE);
}

/** The record at `at`. */
export function decodeEvent(memory: Uint8Array, at: number): KernelEvent {
  const length = readU32(memory, at + EventField.LENGTH);
  const first = at + EVENT_HEADER_SIZE;
  return {
    kind: memory[at + EventField.KIND] as EventKind,
    cpu: memory[at + EventField.CPU],
    code: readU16(memory, at + EventField.CODE),
    op: readU32(memory, at + EventField.OP),
    cache: readU32(memory, at + EventField.CACHE),
    a: readU64(memory, at + EventField.A),
    b: readU64(memory, at + EventField.B),
    c: readU64(memory, at + EventField.C),
    x: readU32(memory, at + EventField.X),
    y: readU32(memory, at + EventField.Y),
    z: readU32(memory, at + EventField.Z),
    bytes: memory.slice(first, first + length),
  };
}

/** All records from linear address `first` up to `end`, in the order they were recorded. */
export function decodeEvents(memory: Uint8Array, first: number, end: number): KernelEvent[] {
  const events: KernelEvent[] = [];
  for (let at = first; at < end; at += eventSize(memory, at)) {
    events.push(decodeEvent(memory, at));
  }
  return events;
}
