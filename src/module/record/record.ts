// The recorder as others import it, in Node and in browsers: `slabfuzz/record`.
export { UserError } from "../../base/user_error.ts";
export { type NextRecording, type NextRecordOptions, recordNext } from "./next_instance.ts";
export { type Recording, type RecordOptions, record } from "./recording.ts";
export type { UnknownFrees } from "./traced_heap.ts";
