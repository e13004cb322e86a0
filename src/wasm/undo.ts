// A copy of a module that can go back: to a moment that was marked before, with all of its memory
// and globals. Before a store changes a card (64 bytes of memory) for the first time since the last
// mark, the card's contents are copied to a trail; going back copies them from the trail again. So
// going back costs what was written, however large the memory is, and whatever the module keeps in
// its globals is kept, too, without knowing what it is for.
//
// The trail lies behind the module's own memory, which cannot grow any more:
//
//   own memory │ frames: a mark each, with all globals │ a stamp for each card │ trail
//
//   i32.store   →   call: is the card's stamp of this mark? if not, copy the card; then store
//
// A store behind the module's own memory traps, as it did before. Memories of 64 bits and shared
// ones are refused.
import { UserError } from "../base/user_error.ts";
import { PAGE_BYTES } from "./cap.ts";
import type { FunctionType, ValueType } from "./entity.ts";
import type { Instruction } from "./instruction.ts";
import { instructionsOf, isStore, Opcode } from "./instruction.ts";
import { ByteReader, unsignedBytes } from "./leb128.ts";
import { getGlobal, pushI32, setGlobal, when } from "./probe.ts";
import { type NewFunction, type Patch, patched, withMemories } from "./rewrite.ts";
import { WasmFile } from "./wasm_file.ts";

/** What such a module exports beside its own. */
export interface UndoExports {
  /** Notes the moment as frame number `frame`. */
  slabfuzz_mark(frame: number): void;
  /** Back to the moment that was noted; frames noted since then are of no use any more. */
  slabfuzz_back(frame: number): void;
  /** No frame is of use any more. Needed before memory is written from end to end. */
  slabfuzz_forget(): void;
}

/** Frames that can be noted. */
export const FRAMES = 64;

const CARD_SHIFT = 6;
const CARD_BYTES = 1 << CARD_SHIFT;
/** An entry of the trail: where the card lies, and its contents on a boundary of 16 bytes. */
const ENTRY_BYTES = 16 + CARD_BYTES;
/** Cards that can be changed between two marks beside all of memory, which has so many itself. */
const TRAIL_CARDS = 1 << 17;
const VECTOR_BYTES = 16;
const STAMP_SHIFT = 2;

const NO_RESULT = 0x40;

/** The module with marks. Throws a UserError for one that cannot have them. */
export function undoable(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const file = new WasmFile(bytes);
  const places = placesOf(file);
  const { patches, functions } = new UndoCode(file, places);
  const globals = [
    { name: "slabfuzz_undo_top", isLong: false, initial: places.trail },
    { name: "slabfuzz_undo_epoch", isLong: false, initial: 1 },
  ];
  const changed = new WasmFile(patched(file, patches, { globals, functions }));
  const pages = Math.ceil(places.end / PAGE_BYTES);
  return withMemories(changed, [{ ...changed.ownMemories[0], initial: pages, maximum: pages }]);
}

/** Where the parts lie that come behind a module's own memory. */
interface Places {
  readonly ownPages: number;
  readonly frames: number;
  readonly frameBytes: number;
  readonly stamps: number;
  readonly trail: number;
  readonly end: number;
}

function placesOf(file: WasmFile): Places {
  const [memory, ...others] = file.ownMemories;
  if (memory === undefined || others.length > 0 || memory.isShared || memory.is64) {
    throw new UserError("the module has no memory of its own, of 32 bits and not shared");
  }
  const frames = memory.initial * PAGE_BYTES;
  const frameBytes = CARD_BYTES * Math.ceil((8 + 8 * file.globalCount) / CARD_BYTES);
  const stamps = frames + FRAMES * frameBytes;
  // What lies behind the own memory has stamps, too: no mark ever sets them, so that it is noticed.
  const trailBytes = (frames / CARD_BYTES + TRAIL_CARDS) * ENTRY_BYTES;
  const cards = Math.ceil((stamps + trailBytes) / (CARD_BYTES - 4)) + PAGE_BYTES / CARD_BYTES;
  const trail = CARD_BYTES * Math.ceil((stamps + 4 * cards) / CARD_BYTES);
  return { ownPages: memory.initial, frames, frameBytes, stamps, trail, end: trail + trailBytes };
}

/** A store instruction: what it pops, how many bytes it writes, and what stands behind it. */
interface StoreForm {
  readonly bytes: number;
  readonly value: ValueType;
}

const STORE_FORMS: Readonly<Record<number, StoreForm>> = {
  54: { bytes: 4, value: "i32" },
  55: { bytes: 8, value: "i64" },
  56: { bytes: 4, value: "f32" },
  57: { bytes: 8, value: "f64" },
  58: { bytes: 1, value: "i32" },
  59: { bytes: 2, value: "i32" },
  60: { bytes: 1, value: "i64" },
  61: { bytes: 2, value: "i64" },
  62: { bytes: 4, value: "i64" },
  [Opcode.V128_STORE]: { bytes: VECTOR_BYTES, value: "v128" },
  [Opcode.STORE_LANE_FIRST]: { bytes: 1, value: "v128" },
  [Opcode.STORE_LANE_FIRST + 1]: { bytes: 2, value: "v128" },
  [Opcode.STORE_LANE_FIRST + 2]: { bytes: 4, value: "v128" },
  [Opcode.STORE_LANE_LAST]: { bytes: 8, value: "v128" },
};

const BULK_STORES: readonly number[] = [Opcode.MEMORY_FILL, Opcode.MEMORY_COPY, Opcode.MEMORY_INIT];

/** The functions that a module gets, and the calls of them. */
class UndoCode {
  readonly patches: Patch[] = [];
  readonly functions: NewFunction[] = [];
  readonly #file: WasmFile;
  readonly #places: Places;
  readonly #top: number;
  readonly #epoch: number;
  readonly #save: number;
  readonly #note: number;
  /** Numbers of functions that store, by the bytes of the instruction that they stand for. */
  readonly #stores = new Map<string, number>();

  constructor(file: WasmFile, places: Places) {
    this.#file = file;
    this.#places = places;
    this.#top = file.globalCount;
    this.#epoch = this.#top + 1;
    this.#save = this.#add(["i32"], this.#saveBody());
    this.#note = this.#add(["i32", "i32"], this.#noteBody());
    this.#add(["i32"], this.#markBody(), "slabfuzz_mark");
    this.#add(["i32"], this.#backBody(), "slabfuzz_back");
    const empty = [...pushI32(places.trail), ...setGlobal(this.#top), Opcode.END];
    this.#add([], { locals: 0, code: empty }, "slabfuzz_forget");
    for (const { codeAt, end } of file.functions) {
      const reader = new ByteReader(file.bytes, codeAt, end);
      for (const instruction of instructionsOf(reader)) this.#change(instruction);
    }
  }

  #add(params: readonly ValueType[], body: FunctionCode, name?: string): number {
    const type: FunctionType = { params, results: [] };
    this.functions.push({ name, type, ...body });
    return this.#file.functionCount + this.functions.length - 1;
  }

  #change({ opcode, at, end }: Instruction): void {
    const replace = (bytes: readonly number[]) => this.patches.push({ at, end, bytes });
    if (opcode === Opcode.MEMORY_SIZE) replace(pushI32(this.#places.ownPages));
    else if (opcode === Opcode.MEMORY_GROW) replace([Opcode.DROP, ...pushI32(-1)]);
    else if (isStore(opcode)) replace(call(this.#storeFunction(opcode, at, end)));
    else if (BULK_STORES.includes(opcode)) replace(call(this.#bulkFunction(at, end)));
  }

  /** The function that does what a store does, and saves its card before. */
  #storeFunction(opcode: number, at: number, end: number): number {
    const { bytes, value } = STORE_FORMS[opcode];
    return this.#once(at, end, (instruction) => {
      const offset = offsetOf(instruction, opcode);
      const ea = 2;
      const first = [...local(ea), ...this.#saveUnlessStamped()];
      const last = [...local(ea), ...pushI32(bytes - 1), Opcode.I32_ADD];
      const straddles = [
        ...[...local(ea), ...pushI32(CARD_BYTES - 1), Opcode.I32_AND],
        ...[...pushI32(CARD_BYTES - bytes), Opcode.I32_GT_U],
        ...when([...last, ...this.#saveUnlessStamped()]),
      ];
      const code = [
        ...[...local(0), ...pushI32(offset), Opcode.I32_ADD, Opcode.LOCAL_SET, ea],
        ...first,
        ...(bytes > 1 ? straddles : []),
        ...[...local(0), ...local(1), ...instruction, Opcode.END],
      ];
      return this.#add(["i32", value], { locals: 2, code });
    });
  }

  /** The same for memory.fill and its like, which take a destination first and a length last. */
  #bulkFunction(at: number, end: number): number {
    return this.#once(at, end, (instruction) => {
      const last = [...local(0), ...local(2), Opcode.I32_ADD, ...pushI32(1), Opcode.I32_SUB];
      const code = [
        ...[...local(2), ...when([...local(0), ...last, ...call(this.#note)])],
        ...[...local(0), ...local(1), ...local(2), ...instruction, Opcode.END],
      ];
      return this.#add(["i32", "i32", "i32"], { locals: 0, code });
    });
  }

  #once(at: number, end: number, make: (instruction: readonly number[]) => number): number {
    const instruction = [...this.#file.bytes.subarray(at, end)];
    const key = instruction.join();
    const known = this.#stores.get(key) ?? make(instruction);
    this.#stores.set(key, known);
    return known;
  }

  /** With an address on the stack: saves the card around it, unless it was saved since the mark. */
  #saveUnlessStamped(): readonly number[] {
    const card = 3;
    return [
      ...[...pushI32(CARD_SHIFT), Opcode.I32_SHR_U, Opcode.LOCAL_TEE, card],
      ...this.#stampOf([]),
      ...[...getGlobal(this.#epoch), Opcode.I32_NE, ...when([...local(card), ...call(this.#save)])],
    ];
  }

  /** With the number of a card on the stack, or pushed here: its stamp. */
  #stampOf(card: readonly number[]): readonly number[] {
    const at = unsignedBytes(this.#places.stamps);
    return [...card, ...pushI32(STAMP_SHIFT), Opcode.I32_SHL, Opcode.I32_LOAD, 2, ...at];
  }

  /** (card): copies a card to the trail, and stamps it. */
  #saveBody(): FunctionCode {
    const { frames, stamps, end } = this.#places;
    const [card, address, entry] = [0, 1, 2];
    const code = [
      ...[...local(card), ...pushI32(CARD_SHIFT), Opcode.I32_SHL, Opcode.LOCAL_TEE, address],
      ...[...pushI32(frames), Opcode.I32_GE_U, ...when([Opcode.UNREACHABLE])],
      ...[...getGlobal(this.#top), Opcode.LOCAL_TEE, entry],
      ...[...pushI32(end - ENTRY_BYTES), Opcode.I32_GT_U, ...when([Opcode.UNREACHABLE])],
      ...[...local(entry), ...local(address), Opcode.I32_STORE, 2, 0],
      ...copyCard({ from: address, fromAt: 0, to: entry, toAt: VECTOR_BYTES }),
      ...[...local(card), ...pushI32(STAMP_SHIFT), Opcode.I32_SHL],
      ...[...getGlobal(this.#epoch), Opcode.I32_STORE, 2, ...unsignedBytes(stamps)],
      ...[...local(entry), ...pushI32(ENTRY_BYTES), Opcode.I32_ADD, ...setGlobal(this.#top)],
      Opcode.END,
    ];
    return { locals: 2, code };
  }

  /** (first, last): saves the cards of the bytes from one address to another. */
  #noteBody(): FunctionCode {
    const [first, last, card] = [0, 1, 2];
    const toCard = [...pushI32(CARD_SHIFT), Opcode.I32_SHR_U];
    const code = [
      ...[...local(first), ...toCard, Opcode.LOCAL_SET, card],
      ...[...local(last), ...toCard, Opcode.LOCAL_SET, last, Opcode.LOOP, NO_RESULT],
      ...[...this.#stampOf(local(card)), ...getGlobal(this.#epoch), Opcode.I32_NE],
      ...when([...local(card), ...call(this.#save)]),
      ...[...local(card), ...pushI32(1), Opcode.I32_ADD, Opcode.LOCAL_TEE, card],
      ...[...local(last), Opcode.I32_LE_U, Opcode.BR_IF, 0, Opcode.END, Opcode.END],
    ];
    return { locals: 1, code };
  }

  /** (frame): the top of the trail and all globals go into a frame. */
  #markBody(): FunctionCode {
    const at = 1;
    const kept = this.#globals().flatMap(({ index, store }, i) => [
      ...[...local(at), ...getGlobal(index), store, 0, ...unsignedBytes(8 + 8 * i)],
    ]);
    const code = [
      ...this.#frameAt(at),
      ...[...local(at), ...getGlobal(this.#top), Opcode.I32_STORE, 2, 0],
      ...[...kept, ...this.#nextEpoch(), Opcode.END],
    ];
    return { locals: 1, code };
  }

  /** (frame): the trail is taken back to its top at the mark, and globals come from the frame. */
  #backBody(): FunctionCode {
    const [at, entry, address] = [1, 2, 3];
    const restored = this.#globals().flatMap(({ index, load }, i) => [
      ...[...local(at), load, 0, ...unsignedBytes(8 + 8 * i), ...setGlobal(index)],
    ]);
    const code = [
      ...this.#frameAt(at),
      ...[Opcode.BLOCK, NO_RESULT, Opcode.LOOP, NO_RESULT],
      ...[...getGlobal(this.#top), ...local(at), Opcode.I32_LOAD, 2, 0],
      ...[Opcode.I32_EQ, Opcode.BR_IF, 1],
      ...[
        ...getGlobal(this.#top),
        ...pushI32(ENTRY_BYTES),
        Opcode.I32_SUB,
        Opcode.LOCAL_TEE,
        entry,
      ],
      ...[
        ...setGlobal(this.#top),
        ...local(entry),
        Opcode.I32_LOAD,
        2,
        0,
        Opcode.LOCAL_SET,
        address,
      ],
      ...copyCard({ from: entry, fromAt: VECTOR_BYTES, to: address, toAt: 0 }),
      ...[Opcode.BR, 0, Opcode.END, Opcode.END],
      ...[...restored, ...this.#nextEpoch(), Opcode.END],
    ];
    return { locals: 3, code };
  }

  #frameAt(at: number): readonly number[] {
    const { frames, frameBytes } = this.#places;
    const offset = [...local(0), ...pushI32(frameBytes), Opcode.I32_MUL];
    return [...offset, ...pushI32(frames), Opcode.I32_ADD, Opcode.LOCAL_SET, at];
  }

  /** Stamps of an epoch long ago could be taken for new ones when numbers begin anew. */
  #nextEpoch(): readonly number[] {
    const { stamps, trail } = this.#places;
    const next = [...getGlobal(this.#epoch), ...pushI32(1), Opcode.I32_ADD];
    const fill = [...pushI32(stamps), ...pushI32(0), ...pushI32(trail - stamps), 0xfc, 11, 0];
    return [
      ...[...next, ...setGlobal(this.#epoch), ...getGlobal(this.#epoch), Opcode.I32_EQZ],
      ...when([...fill, ...pushI32(1), ...setGlobal(this.#epoch)]),
    ];
  }

  /** Globals that may change, and how each is stored and loaded. */
  #globals(): readonly KeptGlobal[] {
    return this.#file.globals.flatMap(({ value, isMutable }, index) => {
      if (!isMutable) return [];
      const way = GLOBAL_WAYS[value];
      if (way === undefined) throw new UserError(`the module has a variable of type ${value}`);
      return [{ index, ...way }];
    });
  }
}

interface KeptGlobal {
  readonly index: number;
  readonly store: number;
  readonly load: number;
}

const GLOBAL_WAYS: Readonly<Partial<Record<ValueType, Omit<KeptGlobal, "index">>>> = {
  i32: { store: 0x36, load: 0x28 },
  i64: { store: 0x37, load: 0x29 },
  f32: { store: 0x38, load: 0x2a },
  f64: { store: 0x39, load: 0x2b },
};

type FunctionCode = Pick<NewFunction, "locals" | "code">;

function local(index: number): readonly number[] {
  return [Opcode.LOCAL_GET, index];
}

function call(index: number): readonly number[] {
  return [Opcode.CALL, ...unsignedBytes(index)];
}

/** Locals that hold addresses, and how far behind them the contents lie. */
interface CardCopy {
  readonly from: number;
  readonly fromAt: number;
  readonly to: number;
  readonly toAt: number;
}

function copyCard({ from, fromAt, to, toAt }: CardCopy): readonly number[] {
  const parts = Array.from({ length: CARD_BYTES / VECTOR_BYTES }, (_, i) => i * VECTOR_BYTES);
  return parts.flatMap((part) => [
    ...[...local(to), ...local(from), 0xfd, 0, 4, ...unsignedBytes(fromAt + part)],
    ...[0xfd, 11, 4, ...unsignedBytes(toAt + part)],
  ]);
}

/** What a store adds to its address. */
function offsetOf(instruction: readonly number[], opcode: number): number {
  const reader = new ByteReader(Uint8Array.from(instruction));
  reader.byte();
  if (opcode > 0xff) reader.u32();
  reader.u32();
  return reader.u32();
}
