// The playground: the editor on one side, the run on the other, and a worker that runs the program
// as it is typed. The address keeps the program and the operation at hand.

import type { BugName } from "../../target/bug_names.ts";
import { found, make } from "../../view/page/dom.ts";
import { Stage } from "../../view/page/stage.ts";
import type { ScriptMistake } from "../mistake.ts";
import type { ExportKind, PlaygroundRun } from "../session.ts";
import { Client, Refusal } from "./client.ts";
import { Editor } from "./editor.ts";
import { LessonPanel } from "./lesson_panel.ts";
import { addressPart, setAddress, textOfToken, tokenOfText, unpackedBytes } from "./share.ts";
import { SharingDialog } from "./sharing.ts";

/** A pause in typing after which the program runs. */
const TYPING_MS = 250;

class Playground {
  readonly #client: Client;
  readonly #examples: Readonly<Record<string, string>>;
  readonly #editor: Editor;
  readonly #stage: Stage;
  readonly #sharing = new SharingDialog();
  readonly #lesson: LessonPanel;
  #run: PlaygroundRun | undefined;
  #timer: number | undefined;
  #isRunning = false;
  #isStale = false;
  #token: string | undefined;
  /** The program that is shown. */
  #ranText = "";

  constructor(client: Client, examples: Readonly<Record<string, string>>) {
    this.#client = client;
    this.#examples = examples;
    this.#editor = new Editor(found("editor"), {
      onText: () => this.#onText(),
      onLine: (line) => this.#goToLine(line),
    });
    this.#stage = new Stage((op) => this.#onMove(op));
    this.#lesson = new LessonPanel((lesson, question) => {
      return this.#client.ask("answered", this.#editor.text, lesson, question);
    });
    this.#listen();
  }

  /** What the address names, or else the first example. */
  async open(): Promise<void> {
    const lesson = Number(addressPart("lesson") ?? 0);
    if (lesson > 0) this.#openLesson(lesson);
    const token = addressPart("program");
    if (token === undefined) {
      if (lesson === 0) this.#editor.text = Object.values(this.#examples)[0];
      return;
    }
    if (token === this.#token) return;
    try {
      this.#editor.text = await textOfToken(decodeURIComponent(token));
    } catch (error) {
      this.#showMistake({ message: (error as Error).message, line: 1, column: 1, end: 1 });
    }
  }

  #listen(): void {
    const onClick = (id: string, work: () => Promise<void>) =>
      found(id).addEventListener("click", () => this.#during(found(id), work));
    onClick("share", () => this.#share());
    onClick("shrink", () => this.#shrink());
    onClick("matrix", () => this.#showMatrix());
    onChoice("example", (value) => this.#openExample(value));
    onChoice("lessons", (value) => this.#openLesson(Number(value)), true);
    onChoice("export", (value) => this.#export(value));
    for (const control of machineControls()) {
      control.addEventListener("change", () => void this.#chooseMachine());
    }
    window.addEventListener("hashchange", () => void this.open());
  }

  /** The button cannot be pressed again before its work is done. */
  async #during(button: HTMLElement, work: () => Promise<void>): Promise<void> {
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      found("said").textContent = error.message;
    } finally {
      button.removeAttribute("aria-busy");
    }
  }

  #onText(): void {
    found("showing").classList.add("stale");
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.#runText(), TYPING_MS);
  }

  /** Runs the text; while it runs, a newer text waits. */
  async #runText(): Promise<void> {
    this.#isStale = true;
    if (this.#isRunning) return;
    this.#isRunning = true;
    while (this.#isStale) {
      this.#isStale = false;
      const { text } = this.#editor;
      try {
        const run = await this.#client.ask("run", text);
        this.#ranText = text;
        await this.#keepInAddress(text);
        this.#show(run);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        this.#showMistake(error.mistake);
      }
    }
    this.#isRunning = false;
    document.body.dataset["ready"] = "true";
  }

  /** While the token was made, the text may have become another one. */
  async #keepInAddress(text: string): Promise<string> {
    const token = await tokenOfText(text);
    if (text !== this.#editor.text) return token;
    this.#token = token;
    setAddress({ program: token });
    return token;
  }

  #show(run: PlaygroundRun): void {
    const { trace } = run;
    this.#run = run;
    this.#showMistake(undefined);
    const isEmpty = trace.ops.length === 0;
    for (const id of ["time", "stage"]) found(id).hidden = isEmpty;
    found("nothing").hidden = !isEmpty;
    if (addressPart("op") === undefined && !isEmpty) {
      const { damage, mistake, report } = trace.jumps;
      const op = this.#lesson.isOpen ? 0 : (damage ?? mistake ?? report ?? trace.ops.length - 1);
      setAddress({ op: `${op}` });
    }
    if (!isEmpty) this.#stage.show([trace]);
    showMachine(run);
    found("verdict").replaceChildren();
    if (isEmpty) return;
    found("verdict").replaceChildren(
      make("b", {}, trace.verdict),
      ` ${trace.signature}, impact: ${trace.impact}, digest `,
      make("code", {}, trace.digest ?? ""),
    );
  }

  #showMistake(mistake: ScriptMistake | undefined): void {
    const { line = 1, column = 1, message = "" } = mistake ?? {};
    this.#editor.showMistake(mistake);
    found("mistake").replaceChildren();
    found("showing").classList.toggle("stale", mistake !== undefined);
    if (mistake === undefined) return;
    const place = `Line ${line}, column ${column}`;
    const button = make("button", { type: "button", class: "link" }, place);
    button.addEventListener("click", () => this.#editor.focus(line, column));
    found("mistake").append(button, `: ${message}`);
    found("verdict").textContent = "The run is that of the last program without a mistake.";
  }

  #onMove(op: number): void {
    this.#editor.showLine(this.#run?.lines[op]);
    this.#lesson.showStep(op, this.#ranText);
  }

  /** The operation of a line of the editor. */
  #goToLine(line: number): void {
    const op = this.#run?.lines.indexOf(line) ?? -1;
    if (op >= 0) this.#stage.goTo(op);
  }

  /** Another program: from its beginning, or from where it goes wrong. */
  #open(text: string): void {
    setAddress({ op: undefined, at: undefined });
    found("answer").hidden = true;
    found("said").textContent = "";
    this.#editor.text = text;
  }

  async #openExample(value: string): Promise<void> {
    this.#openLesson(0);
    const [kind, name] = value.split(":");
    if (kind === "file") this.#open(this.#examples[name]);
    else this.#open(await this.#client.ask("drawn", name as BugName, kind === "twin"));
  }

  #openLesson(number: number): void {
    (found("lessons") as HTMLSelectElement).value = number === 0 ? "" : `${number}`;
    setAddress({ lesson: number === 0 ? undefined : `${number}` });
    const program = this.#lesson.open(number);
    if (program !== undefined && addressPart("program") === undefined) this.#editor.text = program;
    else if (program !== undefined && document.body.dataset["ready"] === "true")
      this.#open(program);
  }

  async #chooseMachine(): Promise<void> {
    try {
      this.#editor.text = await this.#client.ask("onMachine", this.#editor.text, machineChosen());
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#showMistake(error.mistake);
    }
  }

  async #share(): Promise<void> {
    this.#sharing.open(await this.#keepInAddress(this.#editor.text));
  }

  async #shrink(): Promise<void> {
    const { script, operations, operationsBefore, tried } = await this.#client.ask(
      "shrink",
      this.#editor.text,
    );
    this.#open(script);
    const said = `${operationsBefore} operations became ${operations}, after ${tried} candidates.`;
    found("said").textContent = `${said} Undo brings yours back.`;
  }

  async #showMatrix(): Promise<void> {
    const tables = make("div");
    // HTML of our own, in which everything that a program says is escaped.
    tables.innerHTML = await this.#client.ask("matrix", this.#editor.text);
    this.#showAnswer(make("h2", {}, "Under every set of options of every kernel"), tables);
  }

  async #export(value: string): Promise<void> {
    if (value === "token") return await this.#share();
    await this.#during(found("export"), async () => {
      const kind = value as ExportKind;
      const text = await this.#client.ask("exported", this.#editor.text, kind);
      const name = { script: "program.slab", vitest: "program.test.ts", c: "program.c" }[kind];
      const href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
      make("a", { href, download: name }).click();
      URL.revokeObjectURL(href);
    });
  }

  #showAnswer(...content: readonly HTMLElement[]): void {
    const answer = found("answer");
    answer.replaceChildren(...content);
    answer.hidden = false;
    answer.focus({ preventScroll: true });
    answer.scrollIntoView();
  }
}

/** A menu that does something; unless it keeps its choice, it is ready for the next one. */
function onChoice(id: string, work: (value: string) => unknown, keeps = false): void {
  const menu = found(id) as HTMLSelectElement;
  menu.addEventListener("change", () => {
    const { value } = menu;
    if (!keeps) menu.value = "";
    if (value !== "" || keeps) void work(value);
  });
}

function letterBoxes(): readonly HTMLInputElement[] {
  return [...document.querySelectorAll<HTMLInputElement>("input[name=letter]")];
}

function machineControls(): readonly HTMLElement[] {
  return [found("kernel"), found("cpus"), ...letterBoxes()];
}

function machineChosen(): PlaygroundRun["machine"] {
  const letters = letterBoxes().filter(({ checked }) => checked);
  return {
    profile: (found("kernel") as HTMLSelectElement).value,
    cpus: Number((found("cpus") as HTMLInputElement).value),
    slubDebug: letters.map(({ value }) => value).join("") || "-",
  };
}

function showMachine({ machine: { profile, cpus, slubDebug } }: PlaygroundRun): void {
  (found("kernel") as HTMLSelectElement).value = profile;
  (found("cpus") as HTMLInputElement).value = `${cpus}`;
  const [letters] = slubDebug.split(",");
  for (const box of letterBoxes()) box.checked = letters.includes(box.value);
}

async function packedText(id: string): Promise<Uint8Array<ArrayBuffer>> {
  return await unpackedBytes(found(id).textContent ?? "");
}

async function start(): Promise<void> {
  const [worker, core, examples] = await Promise.all(
    ["worker", "core", "examples"].map(packedText),
  );
  const script = URL.createObjectURL(new Blob([worker], { type: "text/javascript" }));
  const client = new Client(script, core);
  const known = JSON.parse(new TextDecoder().decode(examples)) as Readonly<Record<string, string>>;
  await new Playground(client, known).open();
  // For people who would rather ask the core than look at it.
  Object.assign(window, { slabfuzz: { judge: (text: string) => client.ask("judge", text) } });
}

start().catch((error: Error) => {
  found("mistake").textContent = `this page cannot start: ${error.message}`;
});
