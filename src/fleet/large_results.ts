// Results that are too large for Redis: they lie in a folder or a bucket, where their name is their
// SHA-256, and Redis has that name and their size. So Redis cannot say where anything is written or
// read, and what comes back is what was put there, or is refused.
import { SHA256, sha256 } from "../base/sha256.ts";
import { UserError } from "../base/user_error.ts";
import { packed, unpacked } from "./packing.ts";

/** A place for large results. */
export interface ResultStore {
  /** As `--store` says it. */
  readonly name: string;
  /** Throws a UserError where nothing can be stored. */
  check(): Promise<void>;
  /** Stores bytes under their hash, unless they are there. */
  put(hash: string, bytes: Uint8Array): Promise<void>;
  /** At most so many bytes; undefined where there are none. */
  get(hash: string, most: number): Promise<Uint8Array | undefined>;
}

/** A store that cannot be reached for a while, or has no room: it is tried again. */
export class StoreAway extends UserError {}

/** Bytes from which a result goes to the store, where there is one. */
export const STORE_FROM_BYTES = 16 * 1024;
/** No packed result is larger: texts have bounds before they are packed. */
const RESULT_MAX = 17 * 1024 * 1024;

/** No deflated bytes begin so: the third kind of block that an "o" stands for does not exist. */
const REFERENCE = /^object ([0-9a-f]{64}) ([0-9]{1,9})$/;
const REFERENCE_BYTES_MAX = 128;

export class LargeResults {
  readonly #store: ResultStore | undefined;
  readonly #fromBytes: number;

  constructor(store?: ResultStore, fromBytes = STORE_FROM_BYTES) {
    this.#store = store;
    this.#fromBytes = fromBytes;
  }

  /** What is put into Redis for a text: itself, packed, or where it lies. */
  async toRedis(text: string): Promise<Buffer> {
    const bytes = packed(text);
    if (this.#store === undefined || bytes.length < this.#fromBytes) return bytes;
    const hash = sha256(bytes);
    await this.#store.put(hash, bytes);
    return Buffer.from(`object ${hash} ${bytes.length}`);
  }

  /** The text again. Throws a UserError that begins with `place`. */
  async fromRedis(bytes: Buffer, place: string): Promise<string> {
    return unpacked(await this.#packedOf(bytes, place), place);
  }

  async #packedOf(bytes: Buffer, place: string): Promise<Uint8Array> {
    const reference = bytes.length > REFERENCE_BYTES_MAX ? null : REFERENCE.exec(String(bytes));
    if (reference === null) return bytes;
    const [, hash, digits] = reference;
    if (this.#store === undefined) {
      throw new UserError(`${place}: lies in a store: say --store as the workers did`);
    }
    const size = Number(digits);
    if (size > RESULT_MAX) throw new UserError(`${place}: is larger than ${RESULT_MAX} bytes`);
    const stored = await this.#store.get(hash, size);
    if (stored === undefined) throw new UserError(`${place}: is not in ${this.#store.name}`);
    if (stored.length === size && sha256(stored) === hash) return stored;
    throw new UserError(`${place}: ${this.#store.name} has something else in its place`);
  }
}

/** The name of an object, checked where it becomes a part of a path. */
export function objectName(hash: string): string {
  if (SHA256.test(hash)) return `${hash}.result`;
  throw new UserError(`${hash.slice(0, 80)}: is no name of a result`);
}
