// The last step of `npm run build:wasm`: inlines the core's small functions into each other and
// optimises what comes of it. V8 makes every call that is left in the module, and the paths of an
// allocation are a few dozen short functions.
//
//   node bin/optimise.js FILE...     each is overwritten with its faster self
//
// Measured on alloc and free (p10 of rounds of 16 384 operations, cores by turns in one process),
// beside limits of 200 and 500, which were in force once: with the limits below 0.84 and 0.93 of the
// time (320 bytes, 128 and 512 alive) and 0.75 (64 bytes) where nothing is checked, 0.96 with FZPU
// and 0.99 with FZP. Limits half as high make the checked rows 1 to 8 % slower and the module 0.6
// times as large. What is large is compiled late: with the old limits the interpreter was one
// function of 64 KB, and a campaign of 5 000 cases took 0.2 s of processor time longer. asc itself
// cannot be told to inline more than a little.
import { readFileSync, writeFileSync } from "node:fs";
import binaryen from "binaryen";

binaryen.setOptimizeLevel(4);
binaryen.setShrinkLevel(0);
binaryen.setAlwaysInlineMaxSize(100);
binaryen.setFlexibleInlineMaxSize(250);
/** Whatever has one caller. */
binaryen.setOneCallerInlineMaxSize(100_000);

/** What V8 of Node 20 knows, and asc uses. */
const { MVP, BulkMemory, BulkMemoryOpt, MutableGlobals, NontrappingFPToInt, SignExt, SIMD128 } =
  binaryen.Features;
const FEATURES =
  MVP | BulkMemory | BulkMemoryOpt | MutableGlobals | NontrappingFPToInt | SignExt | SIMD128;

for (const file of process.argv.slice(2)) {
  const module = binaryen.readBinaryWithFeatures(readFileSync(file), FEATURES);
  module.optimize();
  module.runPasses(["inlining-optimizing"]);
  module.optimize();
  module.runPasses(["licm"]);
  if (!module.validate()) throw new Error(`${file}: optimised into something invalid`);
  writeFileSync(file, module.emitBinary());
  module.dispose();
}
