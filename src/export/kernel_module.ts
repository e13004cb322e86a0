// A program as a kernel module, to see on a real machine what it does there. Our
// own template; the module calls nothing but what kernels export to modules.
import type { Program, ProgramOp } from "../slub/program/op.ts";
import { printOp } from "../slub/program/syntax.ts";
import type { Shown } from "../target/program.ts";
import { CNames, cComment, cString, statementsOf } from "./c_statements.ts";

/** The source of the module; `shown` is what the program shows in the simulator. */
export function kernelModuleOf(program: Program, shown: Shown): string {
  const names = new CNames();
  const body = program.ops.flatMap((op, index) => blockOf(op, index, names));
  const head = headLines(program, shown);
  return [...head, "", ...declarations(names), "", ...runLines(body)].concat(END).join("\n");
}

function headLines({ header }: Program, { verdict, signature }: Shown): readonly string[] {
  const { boot = "up" } = header;
  const parameters = boot.split(" ").slice(1).join(" ");
  return [
    "// SPDX-License-Identifier: MIT",
    "/*",
    " * A program of slabfuzz as a kernel module. In the simulator it showed",
    ` *   ${cComment(`${verdict}: ${signature}`)}`,
    ` * with the boot parameters: ${cComment(parameters === "" ? "(none)" : parameters)}`,
    " *",
    " * It damages the memory of the kernel that loads it. Use a virtual machine.",
    " * The operations run when the module is loaded; each is named in the log before it runs.",
    " */",
    ...INCLUDES.map((name) => `#include <linux/${name}>`),
  ];
}

const INCLUDES = [
  "cpu.h",
  "cpumask.h",
  "list.h",
  "module.h",
  "printk.h",
  "rcupdate.h",
  "sched.h",
  "slab.h",
  "string.h",
  "vmalloc.h",
];

function declarations(names: CNames): readonly string[] {
  return [
    `static struct kmem_cache *cache[${Math.max(names.cacheCount, 1)}];`,
    `static void *slot[${Math.max(names.slotCount, 1)}];`,
    `static void *bulk[${names.bulkMax}] __maybe_unused;`,
    "/* Foreign memory: objects that belong to no slab. */",
    "static u8 glob[4096] __aligned(16) __maybe_unused;",
    "static u8 *vglob;",
    "",
    "static inline u8 *at(void *base, long offset)",
    "{",
    "\treturn (u8 *)base + offset;",
    "}",
    "",
    "static inline void xor_bytes(u8 *target, const char *bytes, size_t count)",
    "{",
    "\twhile (count--)",
    "\t\t*target++ ^= (u8)*bytes++;",
    "}",
    "",
    "static void __maybe_unused construct(void *object)",
    "{",
    "\t*(u8 *)object = 0xc7;",
    "}",
  ];
}

/** One operation: its line in the script, then what it does. */
function blockOf(op: ProgramOp, index: number, names: CNames): readonly string[] {
  const text = printOp(op);
  const statements = statementsOf(op, names);
  if (statements.length === 0) {
    return [`\t/* op ${index}: ${cComment(text)} (nothing that a module can do) */`];
  }
  const log = `\tpr_info("%s\\n", ${cString(`op ${index}: ${text}`)});`;
  return ["", log, ...statements.map((statement) => `\t${statement}`)];
}

function runLines(body: readonly string[]): readonly string[] {
  return ["static void run_program(void)", "{", ...(body[0] === "" ? body.slice(1) : body), "}"];
}

const END: readonly string[] = [
  "",
  "static int __init slabfuzz_init(void)",
  "{",
  "\tvglob = vzalloc(4096);",
  "\tif (!vglob)",
  "\t\treturn -ENOMEM;",
  "\tslot[0] = NULL;",
  "\trun_program();",
  "\treturn 0;",
  "}",
  "",
  "static void __exit slabfuzz_exit(void)",
  "{",
  "\tunsigned int i;",
  "",
  "\tfor (i = 0; i < ARRAY_SIZE(cache); i++)",
  "\t\tkmem_cache_destroy(cache[i]);",
  "\tvfree(vglob);",
  "}",
  "",
  "module_init(slabfuzz_init);",
  "module_exit(slabfuzz_exit);",
  'MODULE_DESCRIPTION("A program of slabfuzz");',
  'MODULE_LICENSE("Dual MIT/GPL");',
  "",
];
