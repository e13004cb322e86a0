// Warnings, plain lines and last words, kernel by kernel.
import { describe, expect, it } from "vitest";
import { EventKind, FaultKind, Fn, Line, Profile, Warning } from "../../../src/abi.ts";
import { event, kernelLog, PROFILES } from "../../helper/event.ts";

const CUT = "------------[ cut here ]------------";
const END = "---[ end trace 0000000000000000 ]---";
const HEAD = 0xffffc90003fed0c8n;

const withoutMachine = (lines: readonly string[]) =>
  lines.filter((line) => !line.startsWith("CPU: "));

describe("a warning", () => {
  const corrupted = event(EventKind.WARN, Warning.LIST_ADD_NEXT_PREV, { a: HEAD, c: HEAD + 8n });

  it("prints the place before the text on 3.10, and the text before the place later", () => {
    expect(withoutMachine(kernelLog(Profile.V310)(corrupted))).toEqual([
      CUT,
      "WARNING: at lib/list_debug.c:29 __list_add()",
      "list_add corruption. next->prev should be prev (ffffc90003fed0c8), " +
        "but was           (null). (next=ffffc90003fed0d0).",
      END,
    ]);
    expect(withoutMachine(kernelLog(Profile.V612)(corrupted))).toEqual([
      CUT,
      "list_add corruption. next->prev should be prev (ffffc90003fed0c8), " +
        "but was 0000000000000000. (next=ffffc90003fed0d0).",
      "WARNING: CPU: 0 PID: 1 at lib/list_debug.c:29 __list_add_valid_or_report",
      "RIP: 0010:__list_add_valid_or_report",
      END,
    ]);
  });

  it("names list_del's second poison and the wrong neighbour in its kernel's words", () => {
    const poisoned = event(EventKind.WARN, Warning.LIST_DEL_POISON2, { a: HEAD });
    const disagrees = event(EventKind.WARN, Warning.LIST_DEL_PREV_NEXT, {
      a: HEAD,
      b: 1n,
      c: HEAD,
    });
    const textsOf = (profile: Profile) =>
      kernelLog(profile)(poisoned, disagrees).filter((line) => line.startsWith("list_del"));
    expect(textsOf(Profile.V310)).toEqual([
      "list_del corruption, ffffc90003fed0c8->prev is LIST_POISON2 (dead000000000200)",
      "list_del corruption. prev->next should be ffffc90003fed0c8, but was 0000000000000001",
    ]);
    expect(textsOf(Profile.V61)).toEqual([
      "list_del corruption, ffffc90003fed0c8->prev is LIST_POISON2 (dead000000000122)",
      "list_del corruption. prev->next should be ffffc90003fed0c8, but was 0000000000000001. " +
        "(prev=ffffc90003fed0c8)",
    ]);
  });

  it("taints the reports after it", () => {
    const print = kernelLog(Profile.V310);
    print(corrupted);
    expect(print(event(EventKind.BUG, 5))[1]).toContain("(Tainted: G        W      ----");
  });
});

describe("a free with the wrong cache", () => {
  const wrong = event(EventKind.WARN, Warning.WRONG_SLAB_CACHE, {
    x: 0,
    y: 1,
    z: Fn.KMEM_CACHE_FREE,
  });

  it("is reported every time on 6.1, with the passed cache first", () => {
    const print = kernelLog(Profile.V61);
    for (let i = 0; i < 2; i++) {
      expect(withoutMachine(print(wrong))).toEqual([
        CUT,
        "cache_from_obj: Wrong slab cache. c but object is from e",
        "WARNING: CPU: 0 PID: 1 at mm/slab.h:665 kmem_cache_free",
        "RIP: 0010:kmem_cache_free",
        END,
      ]);
    }
  });

  it("has the names swapped on 3.10, and its splat only the first time", () => {
    const print = kernelLog(Profile.V310);
    const text = "cache_from_obj: Wrong slab cache. e but object is from c";
    expect(withoutMachine(print(wrong))).toEqual([
      text,
      CUT,
      "WARNING: at mm/slab.h:249 kmem_cache_free()",
      END,
    ]);
    expect(print(wrong)).toEqual([text]);
  });
});

describe("a warning that comes once", () => {
  it("is silent from the second time on, with the line that follows it", () => {
    const print = kernelLog(Profile.V61);
    const large = event(EventKind.WARN, Warning.FREE_LARGE_ORDER0);
    const pointer = event(EventKind.LINE, Line.OBJECT_POINTER, { a: HEAD });
    expect(print(large, pointer).at(-1)).toBe("object pointer: 0xffffc90003fed0c8");
    expect(print(large, pointer)).toEqual([]);
    const foreign = event(EventKind.WARN, Warning.NOT_A_SLAB_PAGE);
    expect(print(foreign)).toContain("virt_to_cache: Object is not a Slab page!");
    expect(print(foreign)).toEqual([]);
  });
});

describe("a plain line", () => {
  const line = (code: Line, fields = {}) => event(EventKind.LINE, code, fields);

  it("counts slabs with the colon where the kernel has it", () => {
    const print = kernelLog(Profile.V61);
    expect(print(line(Line.PARTIAL_SLABS_COUNTED, { x: 1, y: 2 }))).toEqual([
      "SLUB c: 1 partial slabs counted but counter=2",
    ]);
    expect(print(line(Line.SLABS_COUNTED, { x: 1, y: 2 }))).toEqual([
      "SLUB: c 1 slabs counted but counter=2",
    ]);
  });

  it("lists the slabs when memory ran out", () => {
    expect(kernelLog(Profile.V61)(line(Line.OUT_OF_MEMORY, { x: 3, y: 75, z: 0 }))).toEqual([
      "SLUB: Unable to allocate memory on node -1, gfp=0xcc0(GFP_KERNEL)",
      "  cache: c, object size: 64, buffer size: 80, default order: 1, min order: 0",
      "  node 0: slabs: 3, objs: 75, free: 0",
    ]);
  });
});

describe("the last text of a dying machine", () => {
  const fault = (kind: FaultKind, a: bigint, fn: Fn) => event(EventKind.OOPS, kind, { a, x: fn });
  const lastWords = (profile: Profile, ...args: Parameters<typeof fault>) =>
    withoutMachine(kernelLog(profile)(fault(...args)));

  it("names the address and the function of a page fault as each kernel does", () => {
    const page = 0xffffeb04000ffb40n;
    expect(lastWords(Profile.V310, FaultKind.PAGE_READ, page, Fn.KMEM_CACHE_FREE)).toEqual([
      "BUG: unable to handle kernel paging request at ffffeb04000ffb40",
      "IP: [<..>] kmem_cache_free",
      "Oops: 0000 [#1] SMP ",
      "RIP: 0010:[<..>]  [<..>] kmem_cache_free",
      "Kernel panic - not syncing: Fatal exception",
    ]);
    expect(lastWords(Profile.V612, FaultKind.PAGE_WRITE, page, Fn.KMEM_CACHE_FREE)).toEqual([
      "BUG: unable to handle page fault for address: ffffeb04000ffb40",
      "#PF: supervisor write access in kernel mode",
      "#PF: error_code(0x0002) - not-present page",
      "Oops: Oops: 0002 [#1]",
      "RIP: 0010:kmem_cache_free",
      END,
      "RIP: 0010:kmem_cache_free",
      "Kernel panic - not syncing: Fatal exception",
    ]);
  });

  it("mentions a NULL pointer only for the first page", () => {
    const first = (address: bigint) =>
      PROFILES.map((p) => lastWords(p, FaultKind.PAGE_READ, address, Fn.KMEM_CACHE_FREE)[0]);
    expect(first(0xfffn)).toEqual([
      "BUG: unable to handle kernel NULL pointer dereference at 0000000000000fff",
      "BUG: kernel NULL pointer dereference, address: 0000000000000fff",
      "BUG: kernel NULL pointer dereference, address: 0000000000000fff",
      "BUG: kernel NULL pointer dereference, address: 0000000000000fff",
    ]);
    expect(first(0x1000n).filter((line) => line.includes("NULL"))).toEqual([]);
  });

  it("names the address of a protection fault since 5.5", () => {
    const wild = 0x6b6b6b6b6b6b6b6bn;
    const first = PROFILES.map(
      (profile) => lastWords(profile, FaultKind.PROTECTION, wild, Fn.KMEM_CACHE_ALLOC)[0],
    );
    const probably = "general protection fault, probably for non-canonical address";
    expect(first).toEqual([
      "general protection fault: 0000 [#1] SMP ",
      `${probably} 0x6b6b6b6b6b6b6b6b: 0000 [#1]`,
      `Oops: ${probably} 0x6b6b6b6b6b6b6b6b: 0000 [#1]`,
      `Oops: ${probably} 0x6b6b6b6b6b6b6b6b: 0000 [#1]`,
    ]);
  });

  it("contains SMP on a kernel built for it", () => {
    const print = kernelLog(Profile.V61, { smp: true });
    const lines = print(fault(FaultKind.PAGE_READ, 8n, Fn.SLAB_ALLOC_SLOW));
    expect(lines).toContain("Oops: 0000 [#1] SMP");
  });

  it("names the caller of a list function where DEBUG_LIST does not keep it apart", () => {
    const died = fault(FaultKind.PAGE_WRITE, 8n, Fn.LIST_ADD);
    const ripOf = (debugList: boolean) =>
      kernelLog(Profile.V61, { debugList })(died).find((line) => line.startsWith("RIP"));
    expect([ripOf(true), ripOf(false)]).toEqual(["RIP: 0010:__list_add_valid", "RIP: 0010:run_op"]);
  });

  it("names what gcc keeps out of line at each entry of the allocator", () => {
    const ripOf = (profile: Profile, kind: FaultKind, fn: Fn) =>
      kernelLog(profile)(fault(kind, 8n, fn)).find((line) => line.startsWith("RIP"));
    const entries = [
      [FaultKind.PROTECTION, Fn.KMALLOC],
      [FaultKind.PROTECTION, Fn.KMALLOC_TRACK_CALLER],
      [FaultKind.BUG_FREEPOINTER, Fn.KFREE],
      [FaultKind.PROTECTION, Fn.KFREE],
      [FaultKind.PROTECTION, Fn.KSIZE],
    ] as const;
    // As they say it: kmalloc(), krealloc(), a second kfree(), kfree() of no slab, ksize().
    const [old, now] = [Profile.V61, Profile.V612].map((profile) =>
      entries.map(([kind, fn]) => ripOf(profile, kind, fn)?.replace("RIP: 0010:", "")),
    );
    const inner = "__kmem_cache_alloc_node";
    expect(old).toEqual([inner, inner, "__kmem_cache_free", "kfree", "__ksize"]);
    const outer = ["__kmalloc_noprof", "__kmalloc_node_track_caller_noprof"];
    expect(now).toEqual([...outer, "kfree", "kfree", "__ksize"]);
  });

  it("follows a warning on 6.12 where a user address faults with interrupts off", () => {
    const near = lastWords(Profile.V612, FaultKind.PAGE_READ, 0x20n, Fn.SLAB_ALLOC_SLOW);
    expect(near.slice(0, 4)).toEqual([
      CUT,
      "WARNING: CPU: 0 PID: 1 at arch/x86/mm/fault.c:1276 exc_page_fault",
      "RIP: 0010:exc_page_fault",
      "RIP: 0010:___slab_alloc",
    ]);
    const others = [
      lastWords(Profile.V61, FaultKind.PAGE_READ, 0x20n, Fn.SLAB_ALLOC_SLOW),
      lastWords(Profile.V612, FaultKind.PAGE_READ, 0x28n, Fn.SLAB_FREE_SLOW),
      lastWords(Profile.V612, FaultKind.PAGE_READ, 0xffffeb0000000000n, Fn.SLAB_ALLOC_SLOW),
    ];
    expect(others.filter((lines) => lines[0] === CUT)).toEqual([]);
  });

  it("names the place of a BUG", () => {
    const bug = lastWords(Profile.V61, FaultKind.BUG_FREEPOINTER, 0n, Fn.KMEM_CACHE_FREE);
    expect(bug.slice(0, 3)).toEqual([
      CUT,
      "kernel BUG at mm/slub.c:419!",
      "invalid opcode: 0000 [#1]",
    ]);
  });

  it("is missing where the machine only hangs", () => {
    expect(lastWords(Profile.V61, FaultKind.HANG, 0n, Fn.GET_MAP)).toEqual([]);
  });
});
