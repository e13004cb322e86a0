// mem_dump_obj(): what lies at an address, as 7.3 says before a list report that names it.

import { EventKind, MemoryKind } from "../abi/event.ts";
import { Letter } from "../abi/flags.ts";
import { PageFlag } from "../abi/profile.ts";
import { config } from "../base/config.ts";
import { begin_event, begin_global_event, put_addresses, put_numbers } from "../base/event.ts";
import { KERNEL_IMAGE, ram_base, ram_size } from "../base/memory.ts";
import {
  flags_of, Page, page_at, slab_address, slab_cache_of, virt_to_head_page,
} from "../page/struct_page.ts";
import { ZERO_SIZE_PTR } from "./kmalloc.ts";
import { noted_caller, TRACK_ALLOC, TRACK_FREE } from "./track.ts";
import { cache_at, has, KmemCache } from "./types.ts";

const VMALLOC_START: u64 = 0xffffc90000000000;
const VMALLOC_END: u64 = 0xffffe8ffffffffff;

export function mem_dump_obj(address: u64): void {
  const page = address - ram_base < ram_size ? page_at(virt_to_head_page(address)) : 0;
  if (page != 0 && (flags_of(page) & PageFlag.SLAB) != 0) {
    const s = cache_at(slab_cache_of(page));
    if (s != null) return kmem_dump_obj(s, page, address);
  }
  begin_global_event(EventKind.MEMORY, kind_of(address));
  if (is_in_vglob(address)) put_addresses(config().vglob);
}

function is_in_vglob(address: u64): bool {
  return address - config().vglob < <u64>config().glob_size;
}

function kind_of(address: u64): MemoryKind {
  if (is_in_vglob(address)) return MemoryKind.VMALLOC_PAGE;
  if (address == 0) return MemoryKind.NULL;
  if (address == ZERO_SIZE_PTR) return MemoryKind.ZERO_SIZE;
  if (address >= VMALLOC_START && address <= VMALLOC_END) return MemoryKind.VMALLOC;
  if (address - ram_base < ram_size || address >= KERNEL_IMAGE) return MemoryKind.OTHER;
  return MemoryKind.UNMAPPED;
}

function kmem_dump_obj(s: KmemCache, page: Page, address: u64): void {
  const base = slab_address(page);
  const start = base + <u64>(<u32>(address - base) / s.size) * s.size;
  const object = start + s.red_left_pad;
  const noted = has(s, Letter.U);
  const allocated = noted ? noted_caller(s, object, TRACK_ALLOC) : 0;
  const freed = noted ? noted_caller(s, object, TRACK_FREE) : 0;
  begin_event(EventKind.MEMORY, MemoryKind.SLAB, s.index);
  put_addresses(start, allocated, freed);
  put_numbers(s.red_left_pad, <u32>(address - object), s.object_size);
}
