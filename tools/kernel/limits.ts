// What the script driver of the kernels can do, and what a script in a batch must keep to.
import { KMALLOC_CLASSES } from "../../src/abi.ts";

/** Words of one line, its operation included. */
export const WORDS_MAX = 24;
export const LINE_MAX = 1023;
export const WRITE_BYTES_MAX = 256;
export const BULK_MAX = 64;
export const SLOT_NAME_MAX = 23;
export const CACHE_NAME_MAX = 39;
/** Caches that one boot of the driver can create, those that were destroyed included. */
export const CACHES_OF_BOOT = 70;
/** The caches of a script follow those of kmalloc. */
export const SLAB_CACHE_FIRST: number = KMALLOC_CLASSES;
