// The operations of a log, as it was printed: each one's line, and the kernel text that it caused.

/** One operation of a log. */
export interface LoggedOp {
  readonly number: number;
  readonly text: string;
  readonly result: string;
  readonly lines: readonly string[];
}

const OP_LINE = /^@@ op (\d+): (.*?) => (.*)$/;
const OP_LINE_WITHOUT_RESULT = /^@@ op (\d+): (.*?) =>$/;
const KERNEL_LINE = "    | ";

/** The operations of a log; lines before the first one are no part of it. */
export function parseLog(lines: readonly string[]): LoggedOp[] {
  const ops: (LoggedOp & { lines: string[] })[] = [];
  for (const line of lines) {
    const match = OP_LINE.exec(line) ?? OP_LINE_WITHOUT_RESULT.exec(line);
    if (match !== null) {
      ops.push({ number: Number(match[1]), text: match[2], result: match[3] ?? "", lines: [] });
    } else if (line.startsWith(KERNEL_LINE)) {
      ops.at(-1)?.lines.push(line.slice(KERNEL_LINE.length));
    }
  }
  return ops;
}

/** The line that an operation is logged by. */
export function opLine(op: LoggedOp): string {
  return `@@ op ${op.number}: ${op.text} => ${op.result}`;
}
