// A program for a module's allocator: a script in the words of src/module/program/. The module runs
// on a thread of its own: if it does not come back, the operation that it is at is known.
import { UserError } from "../base/user_error.ts";
import { type FailureKind, shownByFailure } from "../target/failure.ts";
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
import { generatedProgram } from "./describe.ts";
import type { HeapRecord } from "./heap_record.ts";
import { bindingText } from "./load/binding.ts";
import type { ModuleTarget } from "./module_target.ts";
import { moduleOf } from "./options.ts";
import { type ForeignProgram, printForeign, printForeignOp } from "./program/text.ts";
import type { ForeignAnswer, ForeignQuestion } from "./question.ts";
import { type ForeignReplay, replayLines } from "./replay.ts";
import { checkOf, parseModuleToken } from "./token.ts";

/** How long a replay may stay at one operation, and a shrinker at its work. */
const OPERATION_MS = 10_000;
const SHRINK_MS = 300_000;

/** What a program is made of. */
export interface ModuleProgramParts {
  readonly name: string;
  readonly target: ModuleTarget;
  readonly program: ForeignProgram;
  readonly note?: string;
}

/** The thread that ran a program did not come back; to judge such a program is to say so. */
class LostThread extends UserError {
  readonly how: FailureKind;

  constructor(message: string, how: FailureKind) {
    super(message);
    this.how = how;
  }
}

export class ModuleProgram implements TargetProgram {
  readonly name: string;
  readonly note: string | undefined;
  readonly #target: ModuleTarget;
  readonly #program: ForeignProgram;

  constructor({ name, target, program, note }: ModuleProgramParts) {
    this.name = name;
    this.note = note;
    this.#target = target;
    this.#program = program;
  }

  get onlyOn(): string {
    return this.#program.choice.target;
  }

  get opCount(): number {
    return this.#program.ops.length;
  }

  /** Its operations, and the module that they are for. */
  get parts(): Pick<ForeignProgram, "ops" | "choice"> {
    return this.#program;
  }

  get comments(): readonly string[] {
    return this.#program.comments;
  }

  get script(): string {
    return printForeign(this.#program);
  }

  get firstLine(): number {
    return this.script.split("\n").findIndex((line) => !line.startsWith("#")) + 1;
  }

  first(count: number): ModuleProgram {
    return this.#with({ ...this.#program, ops: this.#program.ops.slice(0, count) });
  }

  withComments(comments: readonly string[]): ModuleProgram {
    return this.#with({ ...this.#program, comments });
  }

  onAnyCore(): ModuleProgram {
    return this;
  }

  on(machine: MachineOverrides): ModuleProgram {
    this.#refuseMachine(machine);
    return this;
  }

  /** Whatever stands in a script can run: an operation whose block is not there is left out. */
  requireRunnable(): void {}

  async replay(request: ReplayRequest): Promise<readonly ReplayLine[]> {
    const { path, plan } = this.#target.loaded;
    const head = `${this.name}: ${path}, ${bindingText(plan.binding)}`;
    const lines = [head, ...replayLines(await this.#replay(request))];
    return lines.map((text) => ({ text, kind: "plain" }));
  }

  async replayRecord(request: ReplayRequest): Promise<object> {
    const { path, plan } = this.#target.loaded;
    const { steps, verdict, signature, impact, ...rest } = await this.#replay(request);
    return {
      source: this.name,
      target: this.onlyOn,
      file: path,
      convention: plan.binding.convention,
      operations: steps.map(({ text, result }) => ({ text, result })),
      ran: rest.ran,
      verdict,
      signature,
      impact,
      digest: rest.digest,
      story: rest.explanation,
    };
  }

  async judge({ machine = {} }: JudgeRequest = {}): Promise<ShownByRun> {
    try {
      const replay = await this.#replay({ format: "dmesg", machine });
      const { verdict, signature, impact, digest } = replay;
      return { verdict, signature, impact, digest };
    } catch (error) {
      if (!(error instanceof LostThread)) throw error;
      return shownByFailure(error.how);
    }
  }

  /** What each operation did to the heap. Throws a UserError for a module that does not end. */
  async recordHeap(machine: MachineOverrides): Promise<HeapRecord> {
    this.#refuseMachine(machine);
    const answer = await this.#ask({ kind: "record", program: this.#program }, OPERATION_MS);
    if (answer.kind === "record") return answer.record;
    throw new UserError(`${this.name}: gave no answer`);
  }

  /** The same program on its module with other limits. */
  onTarget(target: ModuleTarget): ModuleProgram {
    const program = { ...this.#program, choice: moduleOf(target.options) };
    return new ModuleProgram({ name: this.name, target, program, note: this.note });
  }

  /** How its module is called: `tlsf, mapping (alloc free realloc)`. */
  get placeText(): string {
    return `${this.onlyOn}, ${bindingText(this.#target.loaded.plan.binding)}`;
  }

  async shrink({ machine, effortMax }: ShrinkRequest): Promise<ShrunkProgram> {
    this.#refuseMachine(machine);
    const question = { kind: "shrink", program: this.#program, effortMax } as const;
    const answer = await this.#ask(question, SHRINK_MS);
    const shrunk = answer.kind === "shrink" ? answer.shrunk : undefined;
    if (shrunk === undefined) {
      throw new UserError(`${this.name}: it shows no finding, there is nothing to shrink`);
    }
    return { ...shrunk, slips: [] };
  }

  async #replay({ show, format, machine }: ReplayRequest): Promise<ForeignReplay> {
    this.#refuseMachine(machine);
    if (show !== undefined) this.#refuse("--show");
    if (format === "log") this.#refuse("--format log");
    const answer = await this.#ask({ kind: "replay", program: this.#program }, OPERATION_MS);
    if (answer.kind === "replay") return answer.replay;
    throw new UserError(`${this.name}: gave no answer`);
  }

  async #ask(question: ForeignQuestion, timeoutMs: number): Promise<ForeignAnswer> {
    await this.#target.prepare();
    const answer = await this.#target.ask(question, timeoutMs);
    if (answer.kind === "refused") {
      throw new UserError(`${this.name}: cannot be started (${answer.why})`);
    }
    if (answer.kind !== "lost") return answer;
    const op = this.#program.ops[answer.index];
    const what = answer.how === "hung" ? "did not come back" : "took its thread down";
    const where = `op ${answer.index}: ${op ? printForeignOp(op) : "?"}`;
    throw new LostThread(`${this.name}: ${what} from ${where}`, answer.how);
  }

  /** A module has no machine, and nothing to show but what it answers. */
  #refuseMachine(machine: MachineOverrides): void {
    const said = Object.entries(machine).find(([, value]) => value !== undefined);
    if (said !== undefined) this.#refuse(said[0]);
  }

  #refuse(what: string): never {
    throw new UserError(
      `${this.name}: is a program of a foreign module, ${what} says nothing about it`,
    );
  }

  #with(program: ForeignProgram): ModuleProgram {
    const { name, note } = this;
    return new ModuleProgram({ name, target: this.#target, program, note });
  }
}

/** The case that a token names; refuses a token whose program is another one by now. */
export async function moduleProgramOfToken(
  word: string,
  targetOf: (options: ReturnType<typeof parseModuleToken>["options"]) => ModuleTarget,
): Promise<ModuleProgram> {
  const { options, caseNumber, build, program: check } = parseModuleToken(word);
  const target = targetOf(options);
  await target.prepare();
  const engine = target.newEngine();
  const image = engine.generate(caseNumber);
  const isOtherBuild = target.build !== build;
  if (checkOf(image) !== check) {
    const why = isOtherBuild ? "the module or slabfuzz has changed" : "the token is damaged";
    throw new UserError(`${word}: case ${caseNumber} is another program now, ${why}`);
  }
  const comments = [`case ${caseNumber} of seed ${options.seed}`];
  return new ModuleProgram({
    name: word,
    target,
    program: generatedProgram(options, image, engine.bug, comments),
    note: isOtherBuild
      ? `${word}: was made on another module, or by another slabfuzz; what it shows may differ`
      : undefined,
  });
}
