// Programs whose list checks say what a log says: a list of one node, in which one field holds what
// the check found.
import { hexOfBytes } from "../../base/hex.ts";
import { bytesOfWord } from "../damage/word.ts";
import type { Report } from "../report.ts";
import type { ScriptBody } from "./script_body.ts";
import { writesAt } from "./writes.ts";

const HEAD = "glob";
const NODE = "glob+64";
const OTHER = "glob+128";
const LINKED = [`listinit ${HEAD}`, `listadd ${NODE} ${HEAD}`];

const NEXT = 0;
const PREV = 8;

export function misusedList({ kind, list }: Report): ScriptBody[] {
  const field = list?.field ?? "";
  const found = hexOfBytes(
    Uint8Array.from(bytesOfWord(list?.found ?? 0n, { wordBytes: 8, isBigEndian: false })),
  );
  const drafts = kind.startsWith("list_add") ? ADDED : DELETED;
  const fitting = drafts.filter(([words]) => field.startsWith(words));
  return fitting.map(([, of]) => of(found));
}

type ScriptBodies = readonly (readonly [field: string, draft: (found: string) => ScriptBody])[];

const ADDED: ScriptBodies = [
  ["double add", () => [...LINKED, `listadd ${NODE} ${HEAD}`]],
  ["next->prev", (is) => [...LINKED, ...writesAt(NODE, PREV, is), `listadd ${OTHER} ${HEAD}`]],
  ["prev->next", (is) => [...LINKED, ...writesAt(NODE, NEXT, is), `listaddtail ${OTHER} ${HEAD}`]],
  ["next is", (is) => [...LINKED, ...writesAt(HEAD, NEXT, is), `listadd ${OTHER} ${HEAD}`]],
  ["prev is", (is) => [...LINKED, ...writesAt(HEAD, PREV, is), `listaddtail ${OTHER} ${HEAD}`]],
];

const DELETED: ScriptBodies = [
  ["next is LIST_POISON1", () => [...LINKED, `listdel ${NODE}`, `listdel ${NODE}`]],
  ["next is", (is) => [...LINKED, ...writesAt(NODE, NEXT, is), `listdel ${NODE}`]],
  ["prev is", (is) => [...LINKED, ...writesAt(NODE, PREV, is), `listdel ${NODE}`]],
  ["prev->next", (is) => [...LINKED, ...writesAt(HEAD, NEXT, is), `listdel ${NODE}`]],
  ["next->prev", (is) => [...LINKED, ...writesAt(HEAD, PREV, is), `listdel ${NODE}`]],
];
