// Somebody watches the gate: one line that changes, or nothing where nobody does.
import type { GateProgress } from "../checks/gate/gate.ts";
import { clearScreen, screenSize, showScreen } from "./terminal.ts";

const BAR = 24;

export class CiProgress {
  see({ section, done, total }: GateProgress): void {
    const part = total === 0 ? 1 : Math.min(1, done / total);
    const bar = "#".repeat(Math.round(part * BAR)).padEnd(BAR, ".");
    const percent = `${Math.floor(100 * part)} %`.padStart(5);
    showScreen([`${section.padEnd(12)}[${bar}] ${percent}`.slice(0, screenSize().columns - 1)]);
  }

  end(): void {
    clearScreen();
  }
}
