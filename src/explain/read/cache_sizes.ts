// What the crash tool shows of caches, by `struct kmem_cache ADDRESS`.
import type { CacheSize } from "../report.ts";

const STRUCT = /struct kmem_cache (?:0x)?([0-9a-f]{8,16})/;
const FIELD = /^(size|object_size|objsize) = (\d{1,9}),/;
const NAME = /^name = 0x[0-9a-f]{1,16} "([^"]{1,60})"/;

export class CacheSizes {
  readonly found: CacheSize[] = [];
  #address: bigint | undefined;
  #fields = new Map<string, number>();

  take(text: string): void {
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
