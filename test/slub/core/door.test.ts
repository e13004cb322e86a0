// Operations of a program reach memory through assembly/exec/door.ts alone, which asks for each
// write whether checks have to be made from there on.
import { describe, expect, it } from "vitest";
import { type SourceFile, sourceFiles } from "../../helper/tree.ts";

/** Ways to memory that ask nothing. */
const SIDE_DOORS = /\b(translate|store_word|list_add|list_add_tail|list_del|INIT_LIST_HEAD)\b/;
const DOOR = "assembly/exec/door.ts";

function withSideDoors(files: readonly SourceFile[]): string[] {
  const others = files.filter(({ path }) => path.startsWith("assembly/exec/") && path !== DOOR);
  return others.filter(({ text }) => SIDE_DOORS.test(text)).map(({ path }) => path);
}

describe("an operation of a program", () => {
  it("has no way to memory but the door", () => {
    expect(withSideDoors(sourceFiles(["assembly"], ".ts"))).toEqual([]);
  });

  it("is found where it has another", () => {
    const planted = { path: "assembly/exec/x.ts", text: "const at = translate(target(), 8);\n" };
    expect(withSideDoors([planted])).toEqual([planted.path]);
  });
});
