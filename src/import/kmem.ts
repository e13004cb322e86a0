// Events of the Linux kernel's slab allocator, as ftrace's trace file, trace-cmd report and perf
// script print them: a task, a CPU in brackets, a time, and the event with fields. What follows is
// from include/trace/events/kmem.h; `name` came with 5.13 for frees and 6.1 for allocations.
//
//   bash-12 [003] ..... 1.5: kmalloc: call_site=f+0x1/0x2 ptr=0000000012ab34cd bytes_req=24
//        bytes_alloc=32 gfp_flags=GFP_KERNEL node=-1 accounted=false                    (one line)
//   bash-12 [003] ..... 1.6: kfree: call_site=f+0x1/0x2 ptr=0000000012ab34cd
//   bash-12 [000] ..... 1.7: kmem_cache_alloc: call_site=... ptr=... name=dentry bytes_req=192 ...
//   bash-12 [000] ..... 1.8: kmem_cache_free: call_site=... ptr=... name=dentry
//
// Addresses are hashed unless the kernel was told otherwise; they are names here, nothing more.
import type { LineReader, LineTaken } from "./trace_line.ts";

/** An object of the kernel's; `cache` is undefined for kmalloc and kfree. */
export interface KernelCall {
  readonly cpu: number;
  readonly pointer: string;
  readonly cache: string | undefined;
}

export interface KernelAlloc extends KernelCall {
  /** What was asked for; for a cache, the size of its objects. */
  readonly bytes: number;
  /** It was asked for with __GFP_ZERO. */
  readonly isZeroed: boolean;
}

export interface KernelSink {
  allocated(call: KernelAlloc): void;
  freed(call: KernelCall): void;
}

const EVENT =
  /\b(kmalloc|kmalloc_node|kfree|kmem_cache_alloc|kmem_cache_alloc_node|kmem_cache_free):\s(.*)$/;
const CPU = /\[(\d{3,})\]/;
/** The word for a cache whose name the kernel does not say. */
const UNNAMED = "kmem";

export function kmemReader(sink: KernelSink): LineReader {
  return (line) => {
    const [, event, text] = EVENT.exec(line) ?? [];
    if (event === undefined) return "nothing";
    const fields = new Map(
      [...text.matchAll(/(\w+)=(\S+)/g)].map(([, key, value]) => [key, value]),
    );
    const cpu = Number(CPU.exec(line)?.[1] ?? 0);
    const pointer = fields.get("ptr")?.replace(/^0x/, "");
    if (pointer === undefined) return { wrong: `has no ptr= in its ${event}` };
    if (/^(\(n(il|ull)\)|0+)$/.test(pointer)) return "nothing";
    const isOfCache = event.startsWith("kmem_cache");
    if (event === "kfree" || event === "kmem_cache_free") {
      sink.freed({ cpu, pointer, cache: isOfCache ? (fields.get("name") ?? UNNAMED) : undefined });
      return "call";
    }
    return allocated(sink, { cpu, pointer, fields, isOfCache, event });
  };
}

interface AllocEvent {
  readonly cpu: number;
  readonly pointer: string;
  readonly fields: ReadonlyMap<string, string>;
  readonly isOfCache: boolean;
  readonly event: string;
}

function allocated(
  sink: KernelSink,
  { cpu, pointer, fields, isOfCache, event }: AllocEvent,
): LineTaken {
  const [bytes, all] = ["bytes_req", "bytes_alloc"].map((key) => bytesFrom(fields.get(key)));
  if (bytes === undefined || all === undefined) {
    return { wrong: `has no bytes_req= or no bytes_alloc= in its ${event}` };
  }
  const cache = isOfCache ? (fields.get("name") ?? `${UNNAMED}-${all}`) : undefined;
  const isZeroed = /\b__GFP_ZERO\b/.test(fields.get("gfp_flags") ?? "");
  sink.allocated({ cpu, pointer, cache, bytes, isZeroed });
  return "call";
}

function bytesFrom(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}
