// The lines of a report, kernel by kernel.
import { describe, expect, it } from "vitest";
import { Dump, EventKind, Fix, Profile, Report, Section, TrackCode } from "../../../src/abi.ts";
import { event, kernelLog, PROFILES } from "../../helper/event.ts";

const RULER = "=".repeat(77);
const DASHES = "-".repeat(77);
/** Where run_op of 6.1 allocates. */
const ALLOCATOR = 0xffffffff810ce4a5n;
const OBJECT = 0xffff888002020048n;
const SLAB = 0xffff888002020000n;

const bug = (report: Report, x = 0, y = 0) => event(EventKind.BUG, report, { x, y });

describe("the frame of a report", () => {
  it("names the cache, states that no error came before, and ends in an empty line", () => {
    const lines = kernelLog(Profile.V61)(bug(Report.OBJECT_ALREADY_FREE));
    expect(lines).toEqual([RULER, "BUG c (Not tainted): Object already free", DASHES, ""]);
  });

  it("shows from the second report on that an earlier one existed", () => {
    const taints = PROFILES.map((profile) => {
      const print = kernelLog(profile);
      print(bug(Report.FREECHAIN_CORRUPT));
      return /\((.*?)\)/.exec(print(bug(Report.OBJECT_ALREADY_FREE))[1])?.[1];
    });
    expect(taints).toEqual([
      "Tainted: G    B          ------------  ",
      "Tainted: G    B             ",
      "Tainted: G    B             ",
      "Tainted: G    B              ",
    ]);
  });

  it("states once on 3.10, under the first frame, that lock debugging is off", () => {
    const print = kernelLog(Profile.V310);
    const notice = "Disabling lock debugging due to kernel taint";
    expect(print(bug(Report.FREECHAIN_CORRUPT))[4]).toBe(notice);
    expect(print(bug(Report.FREECHAIN_CORRUPT))).not.toContain(notice);
  });

  it("has an empty line more where the text ends in a newline", () => {
    const lines = kernelLog(Profile.V61)(bug(Report.BULK_FREE_COUNT, 2, 1));
    expect(lines.slice(1, 4)).toEqual([
      "BUG c (Not tainted): Bulk free expected 2 objects but found 1",
      "",
      DASHES,
    ]);
  });

  it("is cut at 99 characters behind the name, but not on 6.12", () => {
    const name = "n".repeat(80);
    const textOf = (profile: Profile) => {
      const remaining = event(EventKind.BUG, Report.OBJECTS_REMAINING);
      return kernelLog(profile, { name })(remaining)[1].split("): ")[1];
    };
    const whole = `Objects remaining in ${name} on kmem_cache_close()`;
    expect(textOf(Profile.V310)).toBe(whole.slice(0, 99));
    expect(textOf(Profile.V61)).toHaveLength(99);
    expect(textOf(Profile.V612)).toBe("Objects remaining on __kmem_cache_shutdown()");
  });
});

describe("the title of a report", () => {
  const textOf = (profile: Profile, report: Report, fields = {}) =>
    kernelLog(profile)(event(EventKind.BUG, report, fields))[1].replace(/^BUG c \(.*?\): /, "");

  it("names the section that was overwritten in each kernel's words", () => {
    const texts = PROFILES.map((profile) =>
      [Section.RIGHT_REDZONE, Section.END_POISON, Section.LEFT_REDZONE].map((x) =>
        textOf(profile, Report.OVERWRITTEN, { x }),
      ),
    );
    expect(texts).toEqual([
      ["Redzone overwritten", "Poison overwritten", "Redzone overwritten"],
      ["Right Redzone overwritten", "End Poison overwritten", "Left Redzone overwritten"],
      ["Right Redzone overwritten", "End Poison overwritten", "Left Redzone overwritten"],
      ["Right Redzone overwritten", "End Poison overwritten", "Left Redzone overwritten"],
    ]);
  });

  it("counts with a sign, because a cycle is counted as -1", () => {
    const fields = { x: 61, y: 0xffffffff };
    expect(textOf(Profile.V61, Report.WRONG_OBJECT_COUNT, fields)).toBe(
      "Wrong object count. Counter is 61 but counted were -1",
    );
  });

  it("gives both numbers of a maximum on 6.1, and only the wrong one on 3.10", () => {
    const fields = { x: 65529, y: 25 };
    expect(textOf(Profile.V61, Report.INUSE_EXCEEDS_MAX, fields)).toBe("inuse 65529 > max 25");
    expect(textOf(Profile.V310, Report.INUSE_EXCEEDS_MAX, fields)).toMatch(
      /^inuse \d+ > max 65529$/,
    );
  });

  it("gives the place of damaged slab padding, since 5.10 with its offset", () => {
    const fields = { a: SLAB + 4000n, b: SLAB + 4001n, c: SLAB };
    const range = "0xffff888002020fa0-0xffff888002020fa1";
    expect(textOf(Profile.V310, Report.PADDING_OVERWRITTEN, fields)).toBe(
      `Padding overwritten. ${range}`,
    );
    expect(textOf(Profile.V612, Report.PADDING_OVERWRITTEN, fields)).toBe(
      `Padding overwritten. ${range} @offset=4000`,
    );
  });
});

describe("the body of a bug report", () => {
  const damage = event(EventKind.BYTES, Section.POISON, {
    a: OBJECT,
    b: OBJECT + 1n,
    c: SLAB,
    x: 0x7,
    y: 0x6b,
  });

  it("names the damaged bytes in each kernel's shape", () => {
    const range = "0xffff888002020048-0xffff888002020049";
    const found = "First byte 0x7 instead of 0x6b";
    expect(PROFILES.map((profile) => kernelLog(profile)(damage))).toEqual([
      [`INFO: ${range}. ${found}`],
      [`${range} @offset=72. ${found}`],
      [`[Poison overwritten] ${range} @offset=72. ${found}`],
      [`[Poison overwritten] ${range} @offset=72. ${found}`],
    ]);
  });

  it("prints NULL as (null), sixteen columns wide, on 3.10 only", () => {
    const object = event(EventKind.OBJECT, 0, { a: OBJECT, c: SLAB });
    expect(PROFILES.map((profile) => kernelLog(profile)(object)[0])).toEqual([
      "INFO: Object 0xffff888002020048 @offset=72 fp=0x          (null)",
      "Object 0xffff888002020048 @offset=72 fp=0x0000000000000000",
      "Object 0xffff888002020048 @offset=72 fp=0x0000000000000000",
      "Object 0xffff888002020048 @offset=72 fp=0x0000000000000000",
    ]);
  });

  it("prints page flags as each kernel numbers and names them", () => {
    const locked = 1;
    const slab = 2;
    const head = 4;
    const workingset = 32;
    const line = event(EventKind.SLAB, 0, {
      a: 0xffffea0000080800n,
      b: OBJECT,
      x: 25,
      y: 3,
      z: locked | slab | head | workingset,
    });
    expect(PROFILES.map((profile) => kernelLog(profile)(line)[0].split("flags=")[1])).toEqual([
      "0x1fffff00004081",
      "0x10201(locked|slab|head|zone=0)",
      "0x241(locked|workingset|head|zone=0)",
      "0x241(locked|workingset|head|zone=0)",
    ]);
  });

  it("lets an age that a wild track gives wrap around", () => {
    const track = event(EventKind.TRACK, TrackCode.FREED | TrackCode.HAS_STACK, {
      a: 0x4141414141414141n,
      b: 5n,
      c: 2n,
      x: 0xffffffff,
      y: 0xffffffff,
    });
    expect(kernelLog(Profile.V61)(track)).toEqual([
      "Freed in 0x4141414141414141 age=18446744073709551613 cpu=4294967295 pid=-1",
    ]);
  });

  it("describes the stack depot's view of a damaged handle, where a depot exists", () => {
    const track = event(EventKind.TRACK, 0, { a: ALLOCATOR, z: 0x41414141 });
    const texts = PROFILES.map((profile) =>
      kernelLog(profile)(track).filter((line) => /index|corrupt/.test(line)),
    );
    expect(texts).toEqual([
      [],
      ["slab index 16705 out of bounds (0) for stack id 41414141"],
      [
        "pool index 82240 out of bounds (1) for stack id 41414141",
        "corrupt handle or use after stack_depot_put()",
      ],
      [
        "pool index 82240 out of bounds (1) for stack id 41414141",
        "corrupt handle or use after stack_depot_put()",
      ],
    ]);
    // With option U from the boot on the depot holds the stacks of the boot, and more on four CPUs.
    const pools = [Profile.V61, Profile.V612].flatMap((profile) =>
      [false, true].map((smp) => {
        const lines = kernelLog(profile, { smp, keepsStacks: true })(track).join();
        return /out of bounds \((\d+)\)/.exec(lines)?.[1];
      }),
    );
    expect(pools).toEqual(["8", "10", "11", "13"]);
    const missing = event(EventKind.TRACK, 0, { a: ALLOCATOR, z: 0 });
    expect(kernelLog(Profile.V61)(missing)).toEqual([
      "Allocated in run_op age=0 cpu=0 pid=0",
      "object allocation/free stack trace missing",
    ]);
  });

  it("dumps sixteen bytes a line, with their characters in a column of their own", () => {
    const bytes = new TextEncoder().encode("overflow of twenty");
    const dump = event(EventKind.DUMP, Dump.OBJECT, { a: OBJECT, bytes });
    expect(kernelLog(Profile.V61)(dump)).toEqual([
      "Object   ffff888002020048: " +
        "6f 76 65 72 66 6c 6f 77 20 6f 66 20 74 77 65 6e  overflow of twen",
      `Object   ffff888002020058: 74 79${" ".repeat(44)}ty`,
    ]);
    const tags = [Dump.BYTES_B4, Dump.OBJECT, Dump.REDZONE, Dump.SLAB_PADDING, Dump.TRACED_OBJECT];
    const tagsOf = (profile: Profile) =>
      tags.map((tag) => {
        const [line] = kernelLog(profile)(event(EventKind.DUMP, tag, { a: OBJECT, bytes }));
        return line.slice(0, line.indexOf("ffff"));
      });
    expect(tagsOf(Profile.V310)).toEqual([
      "Bytes b4 ",
      "Object ",
      "Redzone ",
      "Padding ",
      "Object ",
    ]);
    expect(tagsOf(Profile.V61)).toEqual([
      "Bytes b4 ",
      "Object   ",
      "Redzone  ",
      "Padding ",
      "Object ",
    ]);
  });
});

describe("the FIX line of a report", () => {
  const restored = event(EventKind.FIX, Fix.RESTORING, {
    a: OBJECT,
    b: OBJECT,
    x: 0xcc,
    y: Section.RIGHT_REDZONE,
  });

  it("is printed since 5.13, and an empty line follows on 3.10", () => {
    const range = "0xffff888002020048-0xffff888002020048=0xcc";
    expect(kernelLog(Profile.V310)(restored)).toEqual([`FIX c: Restoring ${range}`, ""]);
    expect(kernelLog(Profile.V61)(restored)).toEqual([`FIX c: Restoring Right Redzone ${range}`]);
  });

  it("ends in a full stop on 3.10 where a counter was adjusted", () => {
    const adjusted = event(EventKind.FIX, Fix.OBJECT_COUNT_ADJUSTED);
    expect(kernelLog(Profile.V310)(adjusted)).toEqual(["FIX c: Object count adjusted."]);
    expect(kernelLog(Profile.V61)(adjusted)).toEqual(["FIX c: Object count adjusted"]);
  });

  it("tells which object was not freed", () => {
    const refused = event(EventKind.FIX, Fix.OBJECT_NOT_FREED, { a: OBJECT });
    expect(kernelLog(Profile.V61)(refused)).toEqual([
      "FIX c: Object at 0xffff888002020048 not freed",
    ]);
  });
});
