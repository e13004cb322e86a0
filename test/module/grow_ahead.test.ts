// Memory that a host lets grow by more than it was asked for: what an allocator can give is the
// same, and measured with a fraction of the requests.
import { describe, expect, it, vi } from "vitest";
import { measureCapacity } from "../../src/module/judge/capacity.ts";
import { Guest } from "../../src/module/judge/guest.ts";
import { loadForeign } from "../../src/module/load/load.ts";
import { Stubs } from "../../src/module/load/stubs.ts";
import { PAGE_BYTES } from "../../src/wasm/cap.ts";

const PAGES_MAX = 100;
const AHEAD = 64;

/** Pages after each request for so many. */
function pagesAfter(requests: readonly number[], pagesAtATime?: number): readonly number[] {
  const { plan } = loadForeign({ target: "vscode-oniguruma" });
  const stubs = new Stubs(plan, new Map());
  const memory = new WebAssembly.Memory({ initial: 1, maximum: PAGES_MAX });
  stubs.memory = memory;
  if (pagesAtATime !== undefined) stubs.pagesAtATime = pagesAtATime;
  return requests.map((pages) => {
    const isGranted = stubs.growTo(pages * PAGE_BYTES) === 1;
    expect(isGranted).toBe(pages <= PAGES_MAX);
    return memory.buffer.byteLength / PAGE_BYTES;
  });
}

describe("memory that grows ahead", () => {
  it("grows by more at a time, and to its very end page by page", () => {
    const pages = pagesAfter([2, AHEAD, AHEAD + 2, PAGES_MAX, PAGES_MAX + 1], AHEAD);
    expect(pages).toEqual([1 + AHEAD, 1 + AHEAD, AHEAD + 2, PAGES_MAX, PAGES_MAX]);
  });

  it("does so only where it was told to", () => {
    expect(pagesAfter([2, AHEAD, PAGES_MAX + 1])).toEqual([2, AHEAD, AHEAD]);
  });
});

it("a module can give the same with fewer requests for memory", () => {
  const { module, plan } = loadForeign({ target: "vscode-oniguruma" });
  const grow = vi.spyOn(WebAssembly.Memory.prototype, "grow");
  const measured = (isAhead: boolean) => {
    const guest = new Guest(module, plan);
    if (!isAhead) guest.growAhead = () => {};
    grow.mockClear();
    return { capacity: measureCapacity(guest), requests: grow.mock.calls.length };
  };
  const [ahead, plain] = [measured(true), measured(false)];
  grow.mockRestore();
  expect(ahead.capacity).toEqual(plain.capacity);
  // One that takes all there is asks for each page, or for some at a time.
  const pages = plan.memory.maximum - plan.memory.initial;
  expect(plain.requests - ahead.requests).toBeGreaterThan(pages / 2);
});
