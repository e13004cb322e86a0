// The editor of the playground. It stands in a shadow tree: there its style is made of style sheets
// as objects, which the policy of the page allows; elsewhere it would be inline.
import {
  autocompletion,
  closeCompletion,
  completionKeymap,
  completionStatus,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { type Diagnostic, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { type EditorState, RangeSet, StateEffect, StateField } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  drawSelection,
  EditorView,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import type { ScriptMistake } from "../mistake.ts";
import { completions, slabLanguage } from "./language.ts";

export interface EditorEvents {
  readonly onText: (text: string) => void;
  /** The cursor was moved to a line, counted from 1. */
  readonly onLine: (line: number) => void;
}

/** The line that the view stands at, counted from 1; undefined for none. */
const setShownLine = StateEffect.define<number | undefined>();

const shownLine = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(lines, { changes, effects, newDoc }) {
    for (const effect of effects) {
      if (!effect.is(setShownLine)) continue;
      const { value } = effect;
      if (value === undefined || value > newDoc.lines) return Decoration.none;
      return RangeSet.of(SHOWN.range(newDoc.line(value).from));
    }
    return lines.map(changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

const SHOWN = Decoration.line({ class: "cm-shown" });

/** As specific as the rule of the editor that it replaces. */
const SELECTION = ["", "&.cm-focused > .cm-scroller > .cm-selectionLayer "]
  .map((place) => `${place}.cm-selectionBackground`)
  .join();

/** Colours are those of the page: variables reach into the shadow tree. */
const theme = EditorView.theme({
  "&": { height: "100%", backgroundColor: "var(--page)", color: "var(--ink)" },
  "&.cm-focused": { outline: "3px solid var(--link)", outlineOffset: "-1px" },
  ".cm-scroller": { font: "0.875rem/1.5 ui-monospace, monospace", overflow: "auto" },
  ".cm-content": { caretColor: "var(--ink)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": {
    backgroundColor: "var(--wash)",
    color: "var(--soft)",
    borderRight: "1px solid var(--line)",
  },
  ".cm-activeLineGutter": { backgroundColor: "var(--wash)", color: "var(--ink)" },
  ".cm-shown": { backgroundColor: "var(--live)", boxShadow: "inset 4px 0 var(--edge-live)" },
  [SELECTION]: { backgroundColor: "var(--selected)" },
  ".cm-tooltip": {
    backgroundColor: "var(--page)",
    color: "var(--ink)",
    border: "1px solid var(--line)",
  },
  ".cm-tooltip-autocomplete ul li[aria-selected]": {
    backgroundColor: "var(--link)",
    color: "var(--page)",
  },
  ".cm-completionDetail": { fontStyle: "normal", opacity: "1" },
  ".cm-lintRange-error": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--edge-hurt)",
  },
});

/** A browser that replaces lines by itself writes inline style, which the policy forbids. */
const overSelection = EditorView.domEventHandlers({
  beforeinput({ inputType, data }, view) {
    const { state, composing } = view;
    const isOwn = inputType === "insertText" && data !== null && !composing;
    if (!isOwn || state.selection.main.empty) return false;
    view.dispatch(state.replaceSelection(data), { userEvent: "input.type" });
    return true;
  },
});

export class Editor {
  readonly #view: EditorView;

  constructor(host: HTMLElement, { onText, onLine }: EditorEvents) {
    const root = host.attachShadow({ mode: "open" });
    const listener = EditorView.updateListener.of(({ docChanged, selectionSet, state }) => {
      if (docChanged) onText(state.doc.toString());
      else if (selectionSet) onLine(state.doc.lineAt(state.selection.main.head).number);
    });
    this.#view = new EditorView({
      root,
      parent: root,
      extensions: [
        lineNumbers(),
        highlightActiveLineGutter(),
        history(),
        drawSelection(),
        slabLanguage,
        autocompletion({ override: [completions], icons: false }),
        shownLine,
        keymap.of([...completionKeymap, ...historyKeymap, ...lintKeymap, ...defaultKeymap]),
        EditorView.contentAttributes.of({
          "aria-label": "Program",
          "aria-describedby": "editor-keys",
          tabindex: "0",
          spellcheck: "false",
        }),
        EditorView.lineWrapping,
        theme,
        overSelection,
        listener,
      ],
    });
  }

  get text(): string {
    return this.#view.state.doc.toString();
  }

  /** Another program, which can be undone like any other change. */
  set text(text: string) {
    const { state } = this.#view;
    if (completionStatus(state) !== null) closeCompletion(this.#view);
    this.#view.dispatch({ changes: { from: 0, to: state.doc.length, insert: text } });
  }

  focus(line = 1, column = 1): void {
    const { doc } = this.#view.state;
    const { from, to } = doc.line(Math.min(line, doc.lines));
    const anchor = Math.min(from + column - 1, to);
    this.#view.dispatch({ selection: { anchor }, scrollIntoView: true });
    this.#view.focus();
  }

  /** Underlines a mistake; undefined takes the last one away. */
  showMistake(mistake: ScriptMistake | undefined): void {
    const { state } = this.#view;
    this.#view.dispatch(setDiagnostics(state, diagnosticsOf(state, mistake)));
  }

  /** Marks the line of the operation that the view stands at. */
  showLine(line: number | undefined): void {
    const scroll = line === undefined ? [] : this.#scrollTo(line);
    this.#view.dispatch({ effects: [setShownLine.of(line), ...scroll] });
  }

  #scrollTo(line: number): readonly StateEffect<unknown>[] {
    const { doc } = this.#view.state;
    if (line > doc.lines || this.#view.hasFocus) return [];
    return [EditorView.scrollIntoView(doc.line(line).from, { y: "nearest", yMargin: 40 })];
  }
}

function diagnosticsOf({ doc }: EditorState, mistake?: ScriptMistake): readonly Diagnostic[] {
  if (mistake === undefined || mistake.line > doc.lines) return [];
  const { from, to } = doc.line(mistake.line);
  const place = (column: number) => Math.min(from + column - 1, to);
  const { message } = mistake;
  return [{ from: place(mistake.column), to: place(mistake.end), severity: "error", message }];
}
