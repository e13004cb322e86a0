// The text of a program, and what is known of where it comes from.

export interface ScriptSource {
  /** What people call the program: a file, the folder of a finding, or stdin. */
  readonly name: string;
  /** The file that the text was read from, for complaints about its lines. */
  readonly file: string;
  readonly text: string;
  /** The target that the record of a finding names. */
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
