// The areas of linear memory that core and host share, by linear address. They never move, and are
// asked for once: a call into the core costs as much as the shadow takes for half an operation.
import type { CoreExports } from "./load.ts";

export interface Areas {
  readonly config: number;
  readonly program: number;
  readonly payload: number;
  readonly result: number;
  readonly extra: number;
  readonly event: number;
  readonly slot: number;
  readonly cache: number;
  readonly window: number;
}

export function areasOf(core: CoreExports): Areas {
  return {
    config: core.config_address(),
    program: core.program_address(),
    payload: core.payload_address(),
    result: core.result_address(),
    extra: core.extra_address(),
    event: core.event_address(),
    slot: core.slot_address(),
    cache: core.cache_address(),
    window: core.window_address(),
  };
}
