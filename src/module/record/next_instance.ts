// Recording a module whose instance a program never shows: glue keeps the exports to itself. So
// what makes instances is replaced for a while, until it has made one that has an allocator.
import { hasAllocator, type Recording, type RecordOptions, record } from "./recording.ts";

/** What `recordNext` takes; every field may be left out. */
export interface NextRecordOptions extends RecordOptions {
  /**
   * Whether an instance is meant, by what it exports, where a program has several with an
   * allocator: Node's `fetch` has one, too. Default: the first one is.
   */
  readonly matches?: (exports: WebAssembly.Exports) => boolean;
}

/** The next module with an allocator that this program instantiates will be recorded. */
export interface NextRecording {
  /** Undefined as long as none was instantiated. */
  readonly recording: Recording | undefined;
  /** Puts WebAssembly's own functions back, if they are not yet. */
  release(): void;
}

type Bytes = BufferSource;

const REPLACED = ["Module", "Instance", "compile", "instantiate"] as const;
const STREAMING = ["compileStreaming", "instantiateStreaming"] as const;

/**
 * Replaces `WebAssembly.Instance`, `WebAssembly.instantiate` and their like until they have made an
 * instance of a module with an allocator, or until `release` is called. The program gets that
 * instance with the exports of a recording. Call it before the glue is loaded, one at a time.
 */
export function recordNext(options: NextRecordOptions = {}): NextRecording {
  return new Interception(options);
}

class Interception implements NextRecording {
  recording: Recording | undefined;
  readonly #options: NextRecordOptions;
  readonly #own = new Map<string, unknown>();
  /** What modules were compiled from. */
  readonly #bytesOf = new WeakMap<WebAssembly.Module, Uint8Array>();

  constructor(options: NextRecordOptions) {
    this.#options = options;
    for (const name of [...REPLACED, ...STREAMING]) {
      if (name in WebAssembly) this.#own.set(name, Reflect.get(WebAssembly, name));
    }
    const { Module, Instance } = WebAssembly;
    this.#replace(
      "Module",
      constructing(Module, (module, [bytes]) => this.#compiled(module, bytes)),
    );
    this.#replace(
      "Instance",
      constructing(Instance, (instance, [module]) => this.#recorded(instance, module)),
    );
    this.#replace("compile", (bytes: Bytes) => this.#compile(bytes));
    this.#replace(
      "instantiate",
      (source: Bytes | WebAssembly.Module, imports?: WebAssembly.Imports) =>
        source instanceof Module
          ? this.#instantiate(source, imports)
          : this.#instantiateBytes(source, imports),
    );
    this.#replace("compileStreaming", async (source: Response | PromiseLike<Response>) =>
      this.#compile(await bytesOf(source)),
    );
    this.#replace(
      "instantiateStreaming",
      async (source: Response | PromiseLike<Response>, imports?: WebAssembly.Imports) =>
        this.#instantiateBytes(await bytesOf(source), imports),
    );
  }

  release(): void {
    for (const [name, own] of this.#own) Reflect.set(WebAssembly, name, own);
    this.#own.clear();
  }

  #replace(name: string, by: unknown): void {
    if (this.#own.has(name)) Reflect.set(WebAssembly, name, by);
  }

  #ownFunction<T>(name: string): T {
    return (this.#own.get(name) ?? Reflect.get(WebAssembly, name)) as T;
  }

  async #compile(bytes: Bytes): Promise<WebAssembly.Module> {
    const compile = this.#ownFunction<typeof WebAssembly.compile>("compile");
    return this.#compiled(await compile(bytes), bytes);
  }

  async #instantiate(
    module: WebAssembly.Module,
    imports?: WebAssembly.Imports,
  ): Promise<WebAssembly.Instance> {
    const instantiate = this.#ownFunction<typeof WebAssembly.instantiate>("instantiate");
    return this.#recorded(await instantiate(module, imports), module);
  }

  async #instantiateBytes(bytes: Bytes, imports?: WebAssembly.Imports) {
    const module = await this.#compile(bytes);
    return { module, instance: await this.#instantiate(module, imports) };
  }

  #compiled(module: WebAssembly.Module, bytes: Bytes): WebAssembly.Module {
    this.#bytesOf.set(module, copied(bytes));
    return module;
  }

  /** The instance, with the exports of a recording if it is the one that is waited for. */
  #recorded(instance: WebAssembly.Instance, module: WebAssembly.Module): WebAssembly.Instance {
    const options = { bytes: this.#bytesOf.get(module), ...this.#options };
    const { exports } = instance;
    const isMeant = this.recording === undefined && (options.matches?.(exports) ?? true);
    if (!isMeant || !hasAllocator(exports, options)) return instance;
    // The recorder makes a module of its own.
    this.release();
    this.recording = record(exports, options);
    return Object.create(WebAssembly.Instance.prototype, {
      exports: { value: this.recording.exports, enumerable: true },
    });
  }
}

/** A class that does something with what it makes. */
function constructing<T extends object, Args extends unknown[]>(
  own: new (...args: Args) => T,
  made: (made: T, args: Args) => T,
): unknown {
  return new Proxy(own, {
    construct: (target, args, newTarget) =>
      made(Reflect.construct(target, args, newTarget), args as Args),
  });
}

async function bytesOf(source: Response | PromiseLike<Response>): Promise<ArrayBuffer> {
  return (await source).arrayBuffer();
}

/** The program may write over its own. */
function copied(bytes: Bytes): Uint8Array {
  return ArrayBuffer.isView(bytes)
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength).slice()
    : new Uint8Array(bytes).slice();
}
