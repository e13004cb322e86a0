// The smallest module with an allocator of its own: malloc hands out one piece of memory after
// another, and free does nothing.
import binaryen from "binaryen";

const ROOM_BYTES = 60_000_000;

/** The module's bytes. `work` stands before malloc's own code, `more` among the module's fields. */
export function bumpModule(work = "", more = ""): Uint8Array {
  const module = binaryen.parseText(`(module ${more}
    (memory (export "memory") 1024 1024) (global $top (mut i32) (i32.const 65536))
    (func (export "free") (param i32))
    (func (export "malloc") (param i32) (result i32) (local $p i32) ${work}
      (if (i32.gt_u (local.get 0) (i32.sub (i32.const ${ROOM_BYTES}) (global.get $top)))
        (then (return (i32.const 0))))
      (local.set $p (global.get $top))
      (global.set $top (i32.add (global.get $top) (i32.and (i32.add (local.get 0) (i32.const 15))
        (i32.const -16))))
      (local.get $p)))`);
  module.setFeatures(binaryen.Features.All);
  return module.emitBinary();
}
