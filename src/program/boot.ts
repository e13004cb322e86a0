// Turns a program's header and a command's options into a Machine.

import type { Machine, MachineOverrides } from "./machine.ts";
import type { Header } from "./op.ts";

export function resolveMachine(header: Header, overrides: MachineOverrides = {}): Machine {
  throw new Error("being written");
}
export function bootLettersFor(machine: Machine, cacheName: string, ownLetters: number): number {
  return 0;
}
export function globalLettersOf(machine: Machine): number {
  return machine.slubDebug.global;
}
export function kmallocLettersOf(machine: Machine): readonly number[] {
  return new Array(13).fill(0);
}
