// The page of a view: unpacks its traces, and puts them on the stage.
import type { TracePage } from "../trace.ts";
import { found } from "./dom.ts";
import { Stage } from "./stage.ts";

async function readTraces(): Promise<TracePage> {
  const packed = Uint8Array.from(atob(found("data").textContent ?? ""), (one) => one.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return (await new Response(stream).json()) as TracePage;
}

readTraces().then(
  ({ traces }) => {
    new Stage().show(traces);
    document.body.dataset.ready = "true";
  },
  (error: Error) => {
    found("where").textContent = `this page cannot be read: ${error.message}`;
  },
);
