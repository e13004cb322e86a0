// Jobs, and what comes of them.

/**
 * The jobs that a kind of worker does, as an interface of functions:
 *
 *   interface CaseJobs { run(range: Range): TallyData; describe(finding: Finding): Folder }
 */
export type Jobs<P> = { readonly [K in keyof P]: (job: never) => unknown };

export type JobName<P> = keyof P & string;

/** What a job of that name is given, and what it answers. */
export type JobOf<P extends Jobs<P>, K extends keyof P> = Parameters<P[K]>[0];
export type AnswerOf<P extends Jobs<P>, K extends keyof P> = ReturnType<P[K]>;

/** What comes of a job. */
export type Outcome<A> = DoneJob<A> | LostJob;

export interface DoneJob<A> {
  readonly kind: "done";
  readonly answer: A;
}

/** A job that was not done: no answer says anything about it. */
export interface LostJob {
  readonly kind: "lost";
  readonly how: "hung" | "died";
  /** The part of the job that it was lost at, as its last heartbeat said. */
  readonly index: number;
  /**
   * It was lost at the same part when it was tried again alone, and not for want of CPU time: what
   * ran there is to blame.
   */
  readonly isConfirmed: boolean;
  /** What is known of it, in a few words. */
  readonly reason: string;
  /** It was given up though it had CPU time left, because it stood still. */
  readonly stoodStill: boolean;
}

/** What a thread is started with. */
export interface ThreadData<I> {
  readonly input: I;
  /** The memory of its heartbeat. */
  readonly heartbeat: SharedArrayBuffer;
}

/** A job as it travels to a thread. */
export interface SentJob {
  readonly name: string;
  readonly job: unknown;
}

/** What a thread says: that it can begin, and what came of each job. */
export type Said =
  | { readonly kind: "ready" }
  /** `heldBytes`: what its thread holds by then. */
  | { readonly kind: "done"; readonly answer: unknown; readonly heldBytes: number };
