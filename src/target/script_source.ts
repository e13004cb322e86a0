// The text of a program, and what is known of where it comes from.

/** What `programOfScript` takes: `name`, `file` and `text` are enough. */
export interface ScriptSource {
  /** What people call the program: a file, the folder of a finding, or stdin. */
  readonly name: string;
  /** The file that the text was read from, for complaints about its lines. */
  readonly file: string;
  /** The script, or a record in JSON: that is what begins with a brace. */
  readonly text: string;
  /** The target that the record of a finding names; by default the one in the script's header. */
  readonly target?: string;
  /** How often rules are kept, as the record of a finding says. */
  readonly invariants?: string;
  /** The text was made from another form: its lines are no file's. */
  readonly isConverted?: boolean;
}

const TARGET_LINE = /^#\s*target:\s*(\S.*?)\s*$/;

/** The target in a script's header; undefined if it names none. */
export function targetInScript(text: string): string | undefined {
  for (const line of text.split("\n")) {
    const target = TARGET_LINE.exec(line)?.[1];
    if (target !== undefined) return target;
    if (line.trim() !== "" && !line.startsWith("#")) return undefined;
  }
  return undefined;
}
