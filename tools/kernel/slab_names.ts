// Slabs of caches with RCU go when a grace period ends, and the next slab has the next number: what
// the kernel calls c/s2 may be the core's c/s1. The answers say which is which: they are the same
// but for the numbers.

const OP_LINE = "@@ op ";
const GONE = / gone:\S+/g;
const SLAB = /[\w.]+\/s\d+/g;

/**
 * A kernel's log with the core's numbers for slabs; undefined if the answers do not tell which are
 * meant.
 */
export function withCoreNames(
  kernel: readonly string[],
  core: readonly string[],
): readonly string[] | undefined {
  const names = new Map<string, string>();
  const answers = core.filter(isAnswer);
  let op = 0;
  const lines: string[] = [];
  for (const line of kernel) {
    if (isAnswer(line) && !learn(names, slabsOf(line), slabsOf(answers[op++] ?? ""))) {
      return undefined;
    }
    lines.push(line.replace(SLAB, (name) => names.get(name) ?? name));
  }
  return lines;
}

function isAnswer(line: string): boolean {
  return line.startsWith(OP_LINE);
}

function slabsOf(answer: string): readonly string[] {
  return answer.replace(GONE, "").match(SLAB) ?? [];
}

function learn(
  names: Map<string, string>,
  kernel: readonly string[],
  core: readonly string[],
): boolean {
  for (const [i, name] of kernel.entries()) names.set(name, core[i] ?? "");
  return kernel.length === core.length;
}
