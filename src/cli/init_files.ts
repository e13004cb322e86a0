// The files of `slabfuzz init`.

/** Paths from the project's folder, and their texts. */
export function initFiles(target: string): Readonly<Record<string, string>> {
  return {
    "slabfuzz.config.ts": config(target),
    "corpus/off-by-one.slab": OFF_BY_ONE,
    ".github/workflows/slabfuzz.yml": WORKFLOW,
  };
}

function config(target: string): string {
  return `// What slabfuzz is told; options of its commands override it ("slabfuzz help ci").
import { defineConfig } from "slabfuzz";

export default defineConfig({
  target: ${JSON.stringify(target)},
  ci: {
    // What must not change: "npx slabfuzz corpus add FINDING" adds a program.
    corpus: "corpus",
    // Reports and findings.
    out: "slabfuzz-ci",
    // How long the campaign at the end of a full run takes.
    time: "30s",
  },
});
`;
}

/** A byte behind an object: whoever switches red zones on wants to hear of it. */
const OFF_BY_ONE = `# boot: up slub_debug=FZ
# profile: v6.1
# expect: detected
# signature: off-by-one|right-redzone|own-cell|Right Redzone overwritten at free
cache c 64 0 -
alloc c a
write a 64 41
free c a
`;

const WORKFLOW = `name: slabfuzz
on:
  push:
  pull_request:
permissions:
  contents: read
jobs:
  gate:
    runs-on: ubuntu-latest
    timeout-minutes: 15
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with:
          node-version: 22
      - run: npm ci
      # Quick for pull requests, all of it for what has been merged.
      - run: npx slabfuzz ci \${{ github.event_name == 'pull_request' && '--quick' || '' }}
      - uses: actions/upload-artifact@v4
        if: always()
        with:
          name: slabfuzz-ci
          path: slabfuzz-ci/
`;
