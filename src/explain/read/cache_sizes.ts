// How large the objects of caches are: the crash tool shows it by `struct kmem_cache ADDRESS` and
// by `kmem -s`, and KASAN says it.
import type { CacheSize } from "../report.ts";

const STRUCT = /struct kmem_cache (?:0x)?([0-9a-f]{8,16})/;
const FIELD = /^(size|object_size|objsize) = (\d{1,9}),/;
const CACHES_MAX = 4096;
const NAME = /^name = 0x[0-9a-f]{1,16} "([^"]{1,60})"/;

/** A row of `kmem -s`: cache, size, allocated, total, slabs, size of a slab, name. */
const SHOWN = /^[0-9a-f]{8,16} +(\d{1,9}) +\d{1,12} +\d{1,12} +\d{1,12} +\d{1,6}k +(\S{1,60})$/;
const OF_KASAN = /\bbelongs to the cache (\S{1,60}) of size (\d{1,9})\b/;

export class CacheSizes {
  readonly found: CacheSize[] = [];
  /** By name, where the size of a slot is not said. */
  readonly ofObjects = new Map<string, number>();
  #address: bigint | undefined;
  #fields = new Map<string, number>();

  take(text: string): void {
    const [, bytes, shown] = SHOWN.exec(text) ?? [];
    const [, name = shown, size = bytes] = OF_KASAN.exec(text) ?? [];
    if (name !== undefined && this.ofObjects.size < CACHES_MAX) {
      this.ofObjects.set(name, Number(size));
    }
    this.#takeStruct(text);
  }

  #takeStruct(text: string): void {
    const address = STRUCT.exec(text)?.[1];
    if (address !== undefined) {
      this.#address = BigInt(`0x${address}`);
      this.#fields = new Map();
    }
    const [, field, value] = FIELD.exec(text) ?? [];
    if (field !== undefined) this.#fields.set(field, Number(value));
    const name = NAME.exec(text)?.[1];
    const size = this.#fields.get("size");
    const objectSize = this.#fields.get("object_size") ?? this.#fields.get("objsize");
    if (name === undefined || size === undefined || objectSize === undefined) return;
    this.found.push({ address: this.#address, name, size, objectSize });
  }
}
