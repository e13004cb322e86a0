// One step of a walk from slab to slab. What leads to the next slab may be overwritten: a walk that
// comes back to where it was ends in time, and one that leads into nothing finds no struct page.

import { clean, DEBUG } from "../base/assert.ts";
import { dead, page_fault, step_along_slabs } from "../base/oops.ts";
import { Page, page_at, PAGE_LIST } from "../page/struct_page.ts";

/** A slab by the address of its list_head; 0 where there is none. */
export function page_of_link(link: u64): Page {
  if (DEBUG && clean) assert(page_at(link - PAGE_LIST) != 0); // lists lead from slab to slab
  step_along_slabs(link);
  return dead ? 0 : page_at(link - PAGE_LIST);
}

/** The next slab of a cpu partial list, by its struct page; a link to nowhere is an oops. */
export function step_to_cpu_slab(kernel: u64): Page {
  if (DEBUG && clean) assert(page_at(kernel) != 0); // lists lead from slab to slab
  step_along_slabs(kernel);
  const page: Page = dead ? 0 : page_at(kernel);
  if (page == 0) page_fault(kernel + PAGE_LIST, false);
  return page;
}
