// The trace of a program for a module: its heap as blocks, what the program and the module wrote,
// the mistake, and the rule that was broken. Of what the module believes nothing is known.
import { hex64 } from "../base/hex.ts";
import type { BlockNow, HarmedBytes, HeapRecord } from "../module/heap_record.ts";
import { RULE_ABOUT } from "../module/judge/rule.ts";
import type { ModuleProgram } from "../module/module_program.ts";
import { printForeignOp, slotName } from "../module/program/text.ts";
import type { MachineOverrides } from "../target/options.ts";
import { momentSentence } from "./module_words.ts";
import { StateTable } from "./state.ts";
import type {
  BytePatch,
  Difference,
  HeapBlock,
  Trace,
  TraceDamage,
  TraceDelta,
  TraceJumps,
} from "./trace.ts";

const ROLES = ["program", "module"] as const;
/** The one block of memory. */
const HEAP = 0;

/** Throws a UserError for a module that does not end, or that options say nothing about. */
export async function traceOfModule(
  source: string,
  program: ModuleProgram,
  overrides: MachineOverrides,
): Promise<Trace> {
  const record = await program.recordHeap(overrides);
  const { replay, first, end, moments } = record;
  const { verdict, signature, impact } = replay;
  const name = `memory of ${program.onlyOn}`;
  const size = end - first;
  return {
    source,
    machine: program.placeText,
    verdict,
    signature,
    impact,
    roles: ROLES,
    ops: moments.map((moment, op) => ({
      text: printForeignOp(moment.op),
      result: moment.result,
      says: momentSentence(moment),
      kernel: op === reportedAt(record) ? replay.explanation : [],
    })),
    jumps: jumpsOf(record),
    blocks: [{ kind: "heap", name, address: hex64(BigInt(first)), size, cells: 0 }],
    shapes: [],
    damages: moments.flatMap(({ harmed }, op) => harmed.map((one) => damageOf(one, op, first))),
    deltas: deltasOf(record),
  };
}

/** The operation that showed the broken rule; what the last look found is told at the end. */
function reportedAt({ violation, moments }: HeapRecord): number | undefined {
  if (violation === undefined) return undefined;
  return violation.at < 0 ? moments.length - 1 : violation.at;
}

const DEADLY: readonly string[] = ["trap", "endless", "abort"];

function jumpsOf(record: HeapRecord): TraceJumps {
  const { misusedAt, violation, moments } = record;
  const damage = moments.findIndex(({ harmed }) => harmed.length > 0);
  const report = reportedAt(record);
  const isDeath = violation !== undefined && DEADLY.includes(violation.rule);
  return {
    mistake: misusedAt < 0 ? undefined : misusedAt,
    damage: damage < 0 ? undefined : damage,
    report,
    crash: isDeath ? report : undefined,
  };
}

function damageOf({ address, length, owner }: HarmedBytes, op: number, first: number): TraceDamage {
  const region = owner === undefined ? "memory" : "payload";
  const whose = owner === undefined ? "the module" : `${slotName(owner.slot)}, which is alive`;
  const where = { block: HEAP, first: address - first };
  return { op, address: hex64(BigInt(address)), length, region, owner: whose, ...where };
}

function deltasOf(record: HeapRecord): readonly TraceDelta[] {
  const table = new StateTable();
  const { first, end } = record;
  table.put(`b${HEAP}`, {});
  return record.moments.map((moment, op) => {
    const { before, after } = moment;
    const block = after ?? before;
    if (block !== undefined && !moment.isSkipped) putBlock(table, block, op, first);
    table.put("x", differencesAt(record, op));
    const mem = moment.changed
      .filter(({ address }) => address >= first && address < end)
      .map(({ address, hex, isProgram }): BytePatch => {
        return [HEAP, address - first, hex, isProgram ? 0 : 1];
      });
    return { set: table.take(), ...(mem.length === 0 ? {} : { mem }) };
  });
}

/** A block that stays as it was keeps the operation that made it. */
function putBlock(table: StateTable, block: BlockNow, op: number, first: number): void {
  const { slot, isLive, pointer, size } = block;
  const state = isLive ? "L" : "F";
  const value: HeapBlock = [state, slotName(slot), pointer - first, size, op];
  const known = table.get<HeapBlock>(`h${slot}`);
  const isSame = known?.slice(0, 4).every((field, i) => field === value[i]);
  if (isSame !== true) table.put(`h${slot}`, value);
}

function differencesAt(record: HeapRecord, op: number): readonly Difference[] {
  const { violation } = record;
  const at = reportedAt(record);
  if (violation === undefined || at === undefined || op < at) return [];
  return [{ text: `${violation.rule}: ${RULE_ABOUT[violation.rule]}`, block: HEAP }];
}
