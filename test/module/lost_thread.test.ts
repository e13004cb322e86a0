// A program that takes the thread of its module along: to judge it is to say so, so that a gate
// counts it as a finding and not as a wrong request; to replay it is refused.
import { expect, it } from "vitest";
import { ModuleProgram } from "../../src/module/module_program.ts";
import { parseForeign } from "../../src/module/program/text.ts";
import { failureSignature } from "../../src/target/failure.ts";

const SCRIPT = "# target: tlsf\nalloc b0 64\nfree b0\n";

/** A program whose module answers each question with this. */
function programAnswered(answer: object): ModuleProgram {
  const target = { prepare: async () => {}, ask: async () => answer };
  const program = parseForeign(SCRIPT, "p.slab");
  return new ModuleProgram({ name: "p.slab", target: target as never, program });
}

it.each(["hung", "died"] as const)("a program whose thread %s is judged as that", async (how) => {
  const program = programAnswered({ kind: "lost", how, index: 1 });
  const { verdict, signature } = await program.judge();
  expect([verdict, signature]).toEqual(["invariant", failureSignature(how).text]);
  await expect(program.shrink({ machine: {} } as never)).rejects.toThrow(/ op 1: free b0$/);
});

it("a program whose module cannot be started is not judged", async () => {
  const program = programAnswered({ kind: "refused", why: "unreachable" });
  await expect(program.judge()).rejects.toThrow("p.slab: cannot be started (unreachable)");
});
