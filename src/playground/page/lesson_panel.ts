// A lesson beside the editor: what it is about, the sentence of the operation at hand, and its
// questions, each with a button that asks the core.
import { found, make } from "../../view/page/dom.ts";
import type { Lesson, Question } from "../lesson.ts";
import { LESSONS } from "../lessons/lessons.ts";
import { Refusal } from "./client.ts";

/** Why the program of the editor is no answer; undefined if it is one. */
type Ask = (lesson: number, question: number) => Promise<string | undefined>;

const CHANGED =
  "You have changed the program. The sentences of the lesson are about its own program.";

export class LessonPanel {
  readonly #ask: Ask;
  readonly #element = found("lesson");
  readonly #step = make("p", { class: "step", role: "status" });
  #lesson: Lesson | undefined;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  get isOpen(): boolean {
    return this.#lesson !== undefined;
  }

  /** Opens a lesson, counted from 1, and gives its program; no number closes it. */
  open(number: number): string | undefined {
    this.#lesson = LESSONS[number - 1];
    this.#element.hidden = this.#lesson === undefined;
    if (this.#lesson === undefined) return undefined;
    const { title, about, questions, program } = this.#lesson;
    this.#step.textContent = "";
    this.#element.replaceChildren(
      make("h2", {}, `${number}. ${title}`),
      ...about.map((text) => make("p", {}, text)),
      this.#step,
      make("ol", {}, ...questions.map((one, i) => this.#questionItem(number, one, i))),
    );
    return program;
  }

  /**
   * What there is to see at an operation of a program; the sentence before it stays where it has
   * none. Of another program than its own a lesson says nothing.
   */
  showStep(op: number, program: string): void {
    const sentence = this.#isOwn(program) ? this.#sentenceAt(op) : CHANGED;
    if (this.#step.textContent !== sentence) this.#step.textContent = sentence;
  }

  #isOwn(program: string): boolean {
    return this.#lesson === undefined || program.trim() === this.#lesson.program.trim();
  }

  #sentenceAt(op: number): string {
    const steps = Object.entries(this.#lesson?.steps ?? {});
    const [, sentence = ""] = steps.filter(([at]) => Number(at) <= op).at(-1) ?? [];
    return sentence;
  }

  #questionItem(lesson: number, { ask }: Question, question: number): HTMLElement {
    const said = make("p", { role: "status" });
    const button = make("button", { type: "button" }, "Check my program");
    button.addEventListener("click", async () => {
      const reason = await this.#reason(lesson, question);
      said.className = reason === undefined ? "right" : "wrong";
      said.textContent = reason === undefined ? "Right." : `Not yet: ${reason}.`;
      said.scrollIntoView({ block: "nearest" });
    });
    return make("li", {}, `${ask} `, button, said);
  }

  async #reason(lesson: number, question: number): Promise<string | undefined> {
    try {
      return await this.#ask(lesson, question);
    } catch (error) {
      if (error instanceof Refusal) return `line ${error.mistake.line}: ${error.message}`;
      throw error;
    }
  }
}
