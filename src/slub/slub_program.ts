// A program for a SLUB core: a script of the kernel's operations, and the core it was found on.
import { UserError } from "../base/user_error.ts";
import type { MachineOverrides } from "../target/options.ts";
import type {
  JudgeRequest,
  ReplayLine,
  ReplayRequest,
  ShownByRun,
  ShrinkRequest,
  ShrunkProgram,
  TargetProgram,
} from "../target/program.ts";
import type { SlabHeap } from "./core/heap.ts";
import { judgedReplay } from "./judged_replay.ts";
import { heapFor, type NamedCore, onCore, parseCore } from "./named_core.ts";
import { EVERY_BYTE } from "./options.ts";
import type { InvariantCadence } from "./oracle/violation.ts";
import { headerOf, machineFor } from "./program/boot.ts";
import { encode } from "./program/encode.ts";
import type { Machine } from "./program/machine.ts";
import type { Program } from "./program/op.ts";
import { printScript } from "./program/text.ts";
import { type AnswerModel, comparingAlways, modelBeside } from "./run/answer_model.ts";
import { firstOperations, judgeProgram } from "./run/case.ts";
import { replay } from "./run/replay.ts";
import { type ShrinkResult, shrinkPatiently } from "./shrink/shrink.ts";
import { logOf } from "./words/log.ts";
import { replayRecord } from "./words/replay_record.ts";
import { isView, type ShowRequest, showRecord, showText } from "./words/show.ts";
import type { TranscriptOp } from "./words/transcript.ts";
import { endingLines, machineLine, opLines, transcriptOf } from "./words/transcript.ts";

/** What a program is made of. */
export interface SlubProgramParts {
  readonly name: string;
  readonly program: Program;
  readonly core: NamedCore;
  /** How often rules are kept, where it is not as usual. */
  readonly invariants?: InvariantCadence;
  readonly note?: string;
}

export class SlubProgram implements TargetProgram {
  readonly name: string;
  readonly program: Program;
  readonly core: NamedCore;
  readonly invariants: InvariantCadence | undefined;
  readonly note: string | undefined;
  readonly onlyOn = undefined;
  readonly #parts: SlubProgramParts;

  constructor(parts: SlubProgramParts) {
    this.#parts = parts;
    this.name = parts.name;
    this.core = parts.core;
    this.program = onCore(parts.program, parts.core);
    this.invariants = parts.invariants;
    this.note = parts.note;
  }

  get opCount(): number {
    return this.program.ops.length;
  }

  get comments(): readonly string[] {
    return this.program.header.comments ?? [];
  }

  get script(): string {
    return printScript(this.program);
  }

  get firstLine(): number {
    return this.program.source?.lines[0] ?? 1;
  }

  /** A heap of the core that it was found on. */
  newHeap(): SlabHeap {
    return heapFor(this.core);
  }

  first(count: number): SlubProgram {
    return this.#with(firstOperations(this.program, count));
  }

  withComments(comments: readonly string[]): SlubProgram {
    const { header, ops } = this.program;
    return this.#with({ header: { ...header, comments }, ops });
  }

  on(machine: MachineOverrides): SlubProgram {
    const header = headerOf(machineFor(this.program, machine), this.comments);
    return this.#with({ header, ops: this.program.ops });
  }

  onAnyCore(): SlubProgram {
    return new SlubProgram({ ...this.#parts, core: parseCore("slub") });
  }

  requireRunnable(): void {
    encode(this.program, machineFor(this.program));
  }

  async replay(request: ReplayRequest): Promise<readonly ReplayLine[]> {
    const { format, show } = request;
    if (show !== undefined) {
      return this.#heapText(show, request).trimEnd().split("\n").map(plain);
    }
    const machine = machineFor(this.program, request.machine);
    const steps = replay(this.program, machine, { heap: this.newHeap() });
    if (format === "log") return logOf(this.name, machine, steps).map(plain);
    const ops = transcriptOf(machine, steps);
    const ending = endingLines(ops, this.opCount);
    return [
      plain(machineLine(this.name, machine)),
      ...ops.flatMap(linesOfOp),
      plain(""),
      ...ending.map(plain),
    ];
  }

  async replayRecord({ show, machine: overrides }: ReplayRequest): Promise<object> {
    const machine = machineFor(this.program, overrides);
    if (show !== undefined) return showRecord(this.#showRequest(show, machine));
    const { program } = this;
    const rules = { invariants: this.#rules(), model: this.#model };
    const shown = judgedReplay({ program, machine, heap: this.newHeap(), ...rules });
    return replayRecord({ source: this.name, machine, ...shown });
  }

  async judge({ machine, isThorough = false }: JudgeRequest = {}): Promise<ShownByRun> {
    const rules = this.#rules(isThorough ? EVERY_BYTE : this.invariants);
    const resolved = machineFor(this.program, machine ?? {});
    const shown = judgeProgram(this.program, resolved, this.newHeap(), rules, this.#model);
    const { verdict, signature, impact, digest } = shown;
    return { verdict, signature, impact, digest };
  }

  async shrink({ machine, effortMax, signal, onProgress }: ShrinkRequest): Promise<ShrunkProgram> {
    const newHeap = () => this.newHeap();
    const rules = { invariants: this.#rules(), model: this.#model };
    const common = { machine, heap: newHeap(), newHeap, ...rules, effortMax, signal };
    const result = await this.#named(() =>
      shrinkPatiently(this.program, {
        ...common,
        onProgress: ({ best, tried, pass }) =>
          onProgress?.({ operations: best.ops.length, tried, pass }),
      }),
    );
    return shrunkOf(result);
  }

  /** What answers are held against where the core is another build than ours. */
  get #model(): AnswerModel | undefined {
    return modelBeside(this.core.core);
  }

  #rules(invariants = this.invariants): InvariantCadence | undefined {
    return this.#model === undefined ? invariants : comparingAlways(invariants);
  }

  #with(program: Program): SlubProgram {
    return new SlubProgram({ ...this.#parts, program });
  }

  #heapText(show: string, { format, machine }: ReplayRequest): string {
    if (format === "log") {
      throw new UserError("--show has no log format: it prints text, or data with --json");
    }
    return showText(this.#showRequest(show, machineFor(this.program, machine)));
  }

  #showRequest(show: string, machine: Machine): ShowRequest {
    if (!isView(show)) throw new UserError(`${this.name}: there is no view ${show}`);
    return { name: this.name, program: this.program, machine, view: show };
  }

  async #named<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof UserError) throw new UserError(`${this.name}: ${error.message}`);
      throw error;
    }
  }
}

function plain(text: string): ReplayLine {
  return { text, kind: "plain" };
}

/** Operations with news stand out from what the kernel says about them. */
function linesOfOp(op: TranscriptOp): readonly ReplayLine[] {
  const [head, ...kernel] = opLines(op);
  const news = kernel.length === 0 ? plain(head) : ({ text: head, kind: "news" } as const);
  return [news, ...kernel.map((text) => ({ text, kind: "kernel" }) as const)];
}

function shrunkOf(result: ShrinkResult): ShrunkProgram {
  const { program, verdict, signature, impact, digest, operationsBefore, tried } = result;
  return {
    ...{ verdict, signature, impact, digest, operationsBefore, tried },
    script: printScript(program),
    operations: program.ops.length,
    isComplete: result.isComplete,
    slips: result.slips.map(({ program: slip, ...shown }) => ({
      ...shown,
      operations: slip.ops.length,
      program: printScript(slip),
    })),
  };
}
