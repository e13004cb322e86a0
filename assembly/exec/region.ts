// Memory beside RAM that programs know: glob, vglob, and the regions that a script names. What lies
// in the kernel image has struct pages, too, which say that the page allocator never had it.

import { STRUCT_PAGE_SHIFT, STRUCT_PAGE_SIZE, PAGE_SHIFT } from "../abi/limits.ts";
import { Window, WindowLayout } from "../abi/layout.ts";
import { WINDOWS } from "../base/arena.ts";
import { config } from "../base/config.ts";
import {
  foreign_touched, forget_touched, KERNEL_IMAGE, map_fixed_windows, map_foreign, note_foreign,
  VMEMMAP, window_count,
} from "../base/memory.ts";
import { reserve_page } from "../page/struct_page.ts";

/** Maps the struct pages of memory that lies in the kernel image. */
function map_image_pages(base: u64, size: u32): bool {
  const first = <u64>(base - KERNEL_IMAGE) >> PAGE_SHIFT;
  const last = <u64>(base + size - 1 - KERNEL_IMAGE) >> PAGE_SHIFT;
  const bytes = <u32>(last - first + 1) * STRUCT_PAGE_SIZE;
  const pages = map_foreign(VMEMMAP + (first << STRUCT_PAGE_SHIFT), bytes);
  if (pages == 0) return false;
  for (let at: u32 = 0; at < bytes; at += STRUCT_PAGE_SIZE) reserve_page(pages + at);
  return true;
}

function make_windows(): void {
  const c = config();
  map_fixed_windows();
  if (c.glob >= KERNEL_IMAGE) map_image_pages(c.glob, c.glob_size);
}

/** Memory is as every program finds it: the fixed windows, and nothing known to be written. */
// @ts-ignore: decorator
@inline
export function map_windows(): void {
  forget_touched();
  if (foreign_touched) make_windows();
}

/**
 * Maps a region that a script names. A region inside foreign memory that is there already (a part
 * of vglob, say) is a name for it. False where it does not fit, or half overlaps another window.
 */
export function map_region(base: u64, size: u32): bool {
  const last = base + size - 1;
  for (let i: u32 = 0; i < window_count; i++) {
    const at = WINDOWS + <usize>(i * WindowLayout.SIZE);
    const other = load<u64>(at, WindowLayout.BASE);
    const other_last = other + <u64>load<u32>(at, WindowLayout.SIZE_BYTES) - 1;
    if (i >= <u32>Window.GLOB && other <= base && last <= other_last) return true;
    if (base <= other_last && other <= last) return false;
  }
  note_foreign();
  if (map_foreign(base, size) == 0) return false;
  return base < KERNEL_IMAGE || map_image_pages(base, size);
}
