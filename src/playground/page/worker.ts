// The worker of the playground: the core, and the session that asks it. The page sends the core
// first, then calls of the session's methods; each is answered by its number.
import { UserError } from "../../base/user_error.ts";
import { readCoresWith } from "../../slub/core/load.ts";
import { mistakeIn } from "../mistake.ts";
import { Session } from "../session.ts";
import type { PageMessage, WorkerAnswer } from "./client.ts";

const session = new Session();

self.addEventListener("message", async ({ data }: MessageEvent<PageMessage>) => {
  if ("core" in data) {
    readCoresWith(() => data.core);
    return;
  }
  const { id, method, args } = data;
  const tell = (answer: WorkerAnswer) => (self as unknown as Worker).postMessage(answer);
  try {
    const call = session[method] as (...args: readonly unknown[]) => unknown;
    tell({ id, value: await call.apply(session, [...args]) });
  } catch (error) {
    const known = error instanceof UserError ? error : new UserError(`internal error: ${error}`);
    tell({ id, mistake: mistakeIn(String(args[0]), known) });
  }
});
