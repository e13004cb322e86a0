// The crash tool's `struct NAME ADDRESS -o`: which field of which structure an address is.

const BEGIN = /^(?:typedef )?(?:struct|union) (\w{1,80}) \{$/;
const FIELD = /^\s*\[([0-9a-f]{8,16})\] .{0,120}?(\w{1,80})(?:\[\d{1,9}\]){0,3};$/;
const END = /^\}(?: (\w{1,80}))?;?$/;
/** Of all structures together. */
const FIELDS_MAX = 4096;

/** Gathers the fields from line to line. */
export class StructFields {
  /** By address, such as `XXXTBL.List`. */
  readonly found = new Map<bigint, string>();
  #struct: string | undefined;
  #open: (readonly [bigint, string])[] = [];

  take(text: string): void {
    const [, begun] = BEGIN.exec(text) ?? [];
    const [, address, name] = this.#struct === undefined ? [] : (FIELD.exec(text) ?? []);
    const end = END.exec(text);
    if (begun !== undefined) {
      this.#struct = begun;
      this.#open = [];
    } else if (address !== undefined) {
      this.#open.push([BigInt(`0x${address}`), name]);
    } else if (end !== null && this.#struct !== undefined) this.#close(end[1] ?? this.#struct);
  }

  #close(struct: string): void {
    for (const [address, field] of this.#open) {
      if (this.found.size >= FIELDS_MAX || this.found.has(address)) continue;
      this.found.set(address, `${struct}.${field}`);
    }
    this.#struct = undefined;
  }
}
