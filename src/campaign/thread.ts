// Worker threads, from whatever form this program runs in.
import { Worker } from "node:worker_threads";

/** Starts the worker in the file `name`, without its ending, beside the module at `here`. */
export function startThread(here: string, name: string, workerData: unknown): Worker {
  if (here.endsWith(".js")) return new Worker(new URL(`./${name}.js`, here), { workerData });
  // Run from its sources (tests do), a worker needs somebody who reads TypeScript.
  const file = JSON.stringify(new URL(`./${name}.ts`, here).href);
  const code = `import("tsx/esm/api").then(({ tsImport }) => tsImport(${file}, ${file}))`;
  return new Worker(code, { eval: true, workerData });
}
