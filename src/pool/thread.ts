// Worker threads, from whatever form this program runs in.
import { Worker } from "node:worker_threads";

/** Starts the worker in the file `name`, without its ending, beside the module at `here`. */
export function startThread(here: string, name: string, workerData: unknown): Worker {
  if (here.endsWith(".js")) return new Worker(new URL(`./${name}.js`, here), { workerData });
  // Run from its sources (tests do), a worker needs somebody who reads TypeScript. Code without a
  // file would look for him beside whatever folder the process is in.
  const file = JSON.stringify(new URL(`./${name}.ts`, here).href);
  const reader = JSON.stringify(import.meta.resolve("tsx/esm/api"));
  const code = `import(${reader}).then(({ tsImport }) => tsImport(${file}, ${file}))`;
  return new Worker(code, { eval: true, workerData });
}
