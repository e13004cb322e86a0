// Stepping through a program with keys: what each key leads to. It holds no terminal.
import { Playback } from "../page/playback.ts";
import type { Trace } from "../trace.ts";
import type { ScreenPaint } from "./line.ts";
import { type Outlook, type ScreenSize, STRAIGHT, screenOf } from "./screen.ts";

/** A key: its name where it has one, such as `left`, and the character that it stands for. */
interface PressedKey {
  readonly name: string;
  readonly text: string;
}

type Question = "go to op: " | "find: ";

export class Stepper {
  readonly #playback: Playback;
  readonly #last: number;
  #outlook: Outlook = STRAIGHT;
  #question: Question | undefined;
  #answer = "";
  #sought = "";
  #notice: string | undefined;
  /** The reader wants to leave. */
  isOver = false;

  constructor(trace: Trace) {
    this.#playback = new Playback(trace);
    this.#last = trace.ops.length - 1;
    this.#playback.moveTo(0);
  }

  /** The operation at hand. */
  get at(): number {
    return this.#playback.at;
  }

  screen(size: ScreenSize, paint: ScreenPaint): readonly string[] {
    const prompt = this.#question && `${this.#question}${this.#answer}_`;
    const outlook = { ...this.#outlook, prompt: prompt ?? this.#notice };
    const { lines, scroll } = screenOf(this.#playback, size, outlook, paint);
    this.#outlook = { ...this.#outlook, scroll };
    return lines;
  }

  press(key: PressedKey): void {
    this.#notice = undefined;
    if (this.#question === undefined) this.#command(key);
    else this.#edit(key, this.#question);
  }

  #command({ name, text }: PressedKey): void {
    const { place, scroll } = this.#outlook;
    const commands: Readonly<Record<string, () => void>> = {
      n: () => this.#goTo(this.at + 1),
      p: () => this.#goTo(this.at - 1),
      g: () => this.#ask("go to op: "),
      "/": () => this.#ask("find: "),
      q: () => {
        this.isOver = true;
      },
      up: () => this.#look({ scroll: scroll - 1 }),
      down: () => this.#look({ scroll: scroll + 1 }),
      tab: () => this.#look({ place: place + 1, scroll: 0 }),
      home: () => this.#goTo(0),
      end: () => this.#goTo(this.#last),
    };
    const meant = ALIASES[name] ?? (text === "/" ? "/" : name);
    commands[meant]?.();
  }

  #look(change: Partial<Outlook>): void {
    this.#outlook = { ...this.#outlook, ...change };
  }

  #goTo(op: number): void {
    const goal = Math.max(0, Math.min(op, this.#last));
    if (goal !== op) this.#notice = goal === 0 ? "this is the first" : "this is the last";
    if (goal === this.at) return;
    this.#playback.moveTo(goal);
    this.#outlook = STRAIGHT;
  }

  #ask(question: Question): void {
    this.#question = question;
    this.#answer = "";
  }

  #edit({ name, text }: PressedKey, question: Question): void {
    if (name === "escape") this.#question = undefined;
    else if (name === "backspace") this.#answer = this.#answer.slice(0, -1);
    else if (name === "return" || name === "enter") {
      this.#question = undefined;
      if (question === "find: ") this.#find(this.#answer);
      else this.#goToNumber(this.#answer);
    } else if (/^[ -~]$/.test(text)) this.#answer += text;
  }

  #goToNumber(answer: string): void {
    if (/^\d+$/.test(answer)) this.#goTo(Number(answer));
    else if (answer !== "") this.#notice = `${answer}: is no number of an operation`;
  }

  /** The next operation that says the text; without a text, the one that was sought last. */
  #find(answer: string): void {
    if (answer !== "") this.#sought = answer;
    const { ops } = this.#playback.trace;
    const sought = this.#sought.toLowerCase();
    for (let i = 1; i <= ops.length && sought !== ""; i++) {
      const op = (this.at + i) % ops.length;
      const { text, result, says, kernel } = ops[op];
      const all = [text, result, says, ...kernel].join("\n").toLowerCase();
      if (!all.includes(sought)) continue;
      this.#goTo(op);
      return;
    }
    if (sought !== "") this.#notice = `${this.#sought}: no operation says that`;
  }
}

/** Keys that mean the same. */
const ALIASES: Readonly<Record<string, string>> = {
  right: "n",
  space: "n",
  left: "p",
  escape: "q",
};
