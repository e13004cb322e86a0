// slabfuzz teach: a lesson at the terminal, step by step with Enter.
import { createInterface } from "node:readline/promises";
import type { Command } from "commander";
import { wrapped } from "../../base/text_lines.ts";
import { UserError } from "../../base/user_error.ts";
import type { Lesson } from "../../playground/lesson.ts";
import { LESSONS, lessonOf } from "../../playground/lessons/lessons.ts";
import { Session } from "../../playground/session.ts";
import type { TraceOp } from "../../view/trace.ts";
import { ExitCode } from "../exit_code.ts";
import { helpText } from "../help_text.ts";
import { numberFrom } from "../options/value.ts";
import { colours, print, readSource, setExitCode } from "../terminal.ts";
import "../../targets/core_files.ts";

export function register(program: Command): void {
  program
    .command("teach")
    .description("teach a lesson, step by step; without a number, list the lessons")
    .argument("[number]", "which lesson", numberFrom(1, LESSONS.length))
    .option("--check <file>", "a program: which questions of the lesson does it answer?")
    .addHelpText("after", () => helpText("teach"))
    .action(run);
}

async function run(number: number | undefined, { check }: { check?: string }): Promise<void> {
  if (number === undefined && check !== undefined) {
    throw new UserError("--check: say which lesson, as in slabfuzz teach 2 --check FILE");
  }
  if (number === undefined) print(LESSONS.map(({ title }, i) => `${i + 1}  ${title}`));
  else if (check === undefined) await teach(number, lessonOf(number));
  else checkAnswer(number, readSource(check));
}

/** Parts of a lesson, one at a time where somebody can press Enter. */
async function teach(number: number, lesson: Lesson): Promise<void> {
  const isAsked = process.stdin.isTTY === true && process.stdout.isTTY === true;
  const reader = isAsked
    ? createInterface({ input: process.stdin, output: process.stdout })
    : undefined;
  const isOver = new AbortController();
  reader?.once("close", () => isOver.abort());
  try {
    for (const part of partsOf(number, lesson)) {
      print(part);
      await reader?.question("[Enter] ", { signal: isOver.signal });
    }
  } catch (error) {
    // Ctrl-C and Ctrl-D: the reader leaves.
    if ((error as Error).name !== "AbortError") throw error;
  } finally {
    reader?.close();
  }
}

const WIDTH = 78;

function* partsOf(number: number, lesson: Lesson): Generator<readonly string[]> {
  const { bold } = colours();
  const { title, about, program, steps, questions } = lesson;
  const { trace } = new Session().run(program);
  yield [
    bold(`Lesson ${number}: ${title}`),
    ...about.flatMap((text) => ["", ...wrapped(text, WIDTH)]),
    ...["", `On ${trace.machine}:`, ""],
  ];
  for (const [op, step] of trace.ops.entries()) yield stepLines(op, step, steps[op]);
  yield [
    "",
    ...questions.flatMap(({ ask }, i) => wrapped(`Question ${i + 1}: ${ask}`, WIDTH, "  ")),
  ];
  yield [
    ...["The program, to change and to check with:", `  slabfuzz teach ${number} --check FILE`, ""],
    ...program.trimEnd().split("\n"),
  ];
}

/** Of a result that names many objects, so many lines are enough. */
const RESULT_LINES_MAX = 3;

function stepLines(op: number, step: TraceOp, sentence = ""): readonly string[] {
  const { text, says, kernel, result } = step;
  const { bold, yellow } = colours();
  const answer = wrapped(`=> ${result}`, WIDTH - 2, "   ");
  const isLong = answer.length > RESULT_LINES_MAX;
  return [
    bold(`op ${op}: ${text}`),
    ...wrapped(says, WIDTH - 2).map((line) => `  ${line}`),
    ...answer.slice(0, RESULT_LINES_MAX).map((line) => `  ${line}`),
    ...(isLong ? ["     ..."] : []),
    ...kernel.map((line) => yellow(`  ${line}`)),
    ...(sentence === "" ? [] : wrapped(`> ${sentence}`, WIDTH, "  ")),
  ];
}

function checkAnswer(number: number, text: string): void {
  const session = new Session();
  const reasons = lessonOf(number).questions.map((_, i) => session.answered(text, number, i));
  print(
    reasons.map((reason, i) => {
      return `question ${i + 1}: ${reason === undefined ? "right" : `not yet, ${reason}`}`;
    }),
  );
  if (!reasons.includes(undefined)) setExitCode(ExitCode.FINDINGS);
}
