// The write-up of a loop without an end where there is little time: the loop makes far fewer turns
// in all runs together than the one run made that found it.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { ModuleWorker } from "../../src/module/kind.ts";
import { moduleTargetFor } from "../../src/targets/targets.ts";
import { FUEL_FULL } from "../../src/wasm/fuel.ts";
import { bumpModule } from "../helper/bump_module.ts";

const folder = mkdtempSync(join(tmpdir(), "slabfuzz-brief-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Every size that is three more than a multiple of eight is asked for without an end. */
const LOOPS_AT_THREE = `(if (i32.eq (i32.and (local.get 0) (i32.const 7)) (i32.const 3))
  (then (loop $l (br $l))))`;

async function workerOf(work: string): Promise<ModuleWorker> {
  const path = join(folder, "module.wasm");
  writeFileSync(path, bumpModule(work, ""));
  const target = await moduleTargetFor({ target: path });
  await target.prepare();
  return new ModuleWorker(target.code);
}

/** The finding of case 0, and the turns of loops that all instances of the engine have made. */
function findingOf({ engine }: ModuleWorker) {
  engine.run(0);
  engine.ready.guest.refuel();
  const { signature, verdict, impact, opCount } = engine;
  const example = { class: "none", count: 1, caseNumber: 0 };
  return { ...example, signature, verdict, impact, opCount };
}

it("a loop without an end is written up and shrunk in little time with few turns", async () => {
  const worker = await workerOf(LOOPS_AT_THREE);
  const { guest } = worker.engine.ready;
  const finding = findingOf(worker);
  expect(finding.impact).toBe("hang");
  expect(guest.turns).toBeGreaterThan(FUEL_FULL - 1);
  const before = guest.turns;
  const { isStable, cause } = worker.describe(finding, false, () => false);
  guest.refuel();
  expect(isStable).toBe(true);
  expect(cause?.operations).toEqual(["alloc b0 3"]);
  expect(guest.turns - before).toBeLessThan(FUEL_FULL / 2);
  expect(guest.fuelFull).toBe(FUEL_FULL);
});
