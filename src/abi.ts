// The only door from src/ to assembly/: the numbers both sides share.
export * from "../assembly/abi/caller.ts";
export * from "../assembly/abi/event.ts";
export * from "../assembly/abi/fault.ts";
export * from "../assembly/abi/flags.ts";
export * from "../assembly/abi/layout.ts";
export * from "../assembly/abi/limits.ts";
export * from "../assembly/abi/op.ts";
export * from "../assembly/abi/planted.ts";
export * from "../assembly/abi/poison.ts";
export * from "../assembly/abi/profile.ts";
