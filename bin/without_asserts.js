// A transform for asc: takes out the statements that begin with `if (DEBUG`, before anything is
// compiled (assembly/base/assert.ts says what they are). asc would compile a condition that is
// always false to `drop (i32.const 0)`. That costs nothing when it runs, but a function counts as
// larger by it, and the optimiser then inlines others than it would.
//
//   "transform": ["./bin/without_asserts.js"]     in asconfig.json
import { Transform } from "assemblyscript/transform";

const OWN_SOURCE = /^assembly\//;
const ASSERT = /^if \(DEBUG\b/;
/** What leads back to where the walk came from. */
const UPWARD = new Set(["range", "source", "parent"]);

export default class WithoutAsserts extends Transform {
  afterParse(parser) {
    for (const source of parser.sources) {
      if (OWN_SOURCE.test(source.internalPath)) strip(source, new Set());
    }
  }
}

/** Removes asserts from every list of statements below a node. */
function strip(node, seen) {
  if (seen.has(node)) return;
  seen.add(node);
  for (const [name, value] of Object.entries(node)) {
    if (UPWARD.has(name) || typeof value !== "object" || value === null) continue;
    if (Array.isArray(value)) node[name] = value.filter((child) => !isAssert(child));
    strip(node[name], seen);
  }
}

function isAssert(child) {
  return child?.range !== undefined && ASSERT.test(child.range.toString());
}
