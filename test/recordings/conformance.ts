// Writes docs/conformance.md: replays every recording, measures every row of geometry, counts every
// case of slub_kunit.
//
//   npx tsx test/recordings/conformance.ts
import "../../src/targets/core_files.ts";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { KERNELS } from "./archive.ts";
import { conformancePage } from "./conformance_page.ts";
import { measureKernel } from "./measure.ts";

const DOCS = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "docs");

mkdirSync(DOCS, { recursive: true });
writeFileSync(join(DOCS, "conformance.md"), conformancePage(KERNELS.map(measureKernel)));
console.log("docs/conformance.md written");
