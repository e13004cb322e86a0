// Stepping through a program at a terminal: keys lead to a stepper, and its screen is drawn.
import { emitKeypressEvents } from "node:readline";
import { UserError } from "../base/user_error.ts";
import type { ScreenPaint, ScreenTone } from "../view/screen/line.ts";
import { Stepper } from "../view/screen/stepper.ts";
import type { Trace } from "../view/trace.ts";
import { ExitCode } from "./exit_code.ts";
import { colours, fullScreenSize, leaveFullScreen, showFullScreen } from "./terminal.ts";

/** Refuses where nobody can press a key, or see the screen. */
export function requireKeys(option: string): void {
  const missing = process.stdin.isTTY !== true ? "stdin" : "stdout";
  if (process.stdin.isTTY === true && process.stdout.isTTY === true) return;
  throw new UserError(`${option}: needs a terminal, but ${missing} is none`);
}

/** What readline tells of a key. */
interface Keypress {
  readonly name?: string;
  readonly sequence?: string;
  readonly ctrl?: boolean;
}

/** Returns when the reader leaves. */
export async function stepThrough(trace: Trace): Promise<void> {
  const stepper = new Stepper(trace);
  const paint = screenPaint();
  const draw = (): void => showFullScreen(stepper.screen(fullScreenSize(), paint));
  const { stdin, stdout } = process;
  const giveUp = (): void => {
    leaveFullScreen();
    process.exit(ExitCode.INTERRUPTED);
  };
  emitKeypressEvents(stdin);
  stdin.setRawMode(true);
  stdout.on("resize", draw);
  for (const name of SIGNALS) process.on(name, giveUp);
  try {
    draw();
    await new Promise<void>((resolve) => {
      stdin.on("end", resolve);
      stdin.on("keypress", (text: string | undefined, key: Keypress) => {
        if (key.ctrl === true && LEAVING.includes(key.name ?? "")) resolve();
        else if (key.ctrl !== true) stepper.press({ name: key.name ?? "", text: text ?? "" });
        if (stepper.isOver) resolve();
        else draw();
      });
    });
  } finally {
    for (const name of SIGNALS) process.off(name, giveUp);
    stdout.off("resize", draw);
    stdin.removeAllListeners("keypress");
    stdin.setRawMode(false);
    stdin.pause();
    leaveFullScreen();
  }
}

const SIGNALS = ["SIGTERM", "SIGHUP"] as const;
/** With Ctrl: a raw terminal sends no signal for them. */
const LEAVING: readonly string[] = ["c", "d"];

function screenPaint(): ScreenPaint {
  const { bold, blue, green, dim, red, yellow } = colours();
  const paints: Readonly<Record<ScreenTone, (text: string) => string>> = {
    title: bold,
    live: blue,
    free: green,
    never: dim,
    hurt: red,
    soft: dim,
    kernel: yellow,
  };
  return (tone, text) => paints[tone](text);
}
