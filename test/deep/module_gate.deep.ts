// The gate on an allocator in AssemblyScript and on one in C, broken in every way.
import { expect, it } from "vitest";
import { clang, describeGateOn, fromC, fromScript } from "../checks/gate/own_gate.ts";
import { fileBeside } from "../module/planted.ts";

describeGateOn("AssemblyScript", fromScript);

const small = fileBeside("small.c", "void start(void) {}\n");
const buildsC = clang(small, ["-o", `${small}.wasm`]) === "";
if (buildsC) describeGateOn("C", fromC);
else {
  it("the gate is not tried on an allocator in C, because clang or wasm-ld is missing", () => {
    expect(buildsC).toBe(false);
  });
}
