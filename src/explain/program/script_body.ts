/** Lines of a program, without its header; empty lines are left out. */
export type ScriptBody = readonly string[];
