// A write into a sheaf that the program holds. The operations are those that Linux 7.3.4 (variant
// smp) was asked: it dies of the same address in the same operation.
import { expect, it } from "vitest";
import { judgeScript } from "../../helper/judge.ts";

const HELD = `# boot: smp
# profile: v7.3
kmalloc 64 w
cache c 64 0 F
sheafget c 4 s
kmalloc 64 a
`;

it("an overflow into a sheaf that the program holds is what the machine dies of", () => {
  const { judgement, signature } = judgeScript(
    `${HELD}write a 96 adde0000000000dead\nsheafput c s\n`,
  );
  expect(judgement.verdict).toBe("oops");
  expect(signature).toContain("|sheaf|");
  const within = `${HELD}write a 56 adde0000000000de\nsheafput c s\n`;
  expect(judgeScript(within).judgement.verdict).toBe("ok");
});
