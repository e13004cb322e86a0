import { describe, expect, it } from "vitest";
import { overlaid } from "../../../src/base/fields.ts";
import { checkConfig } from "../../../src/cli/config/check.ts";
import { requestOf, settingsForResume, settingsText } from "../../../src/cli/config/settings.ts";
import type { Settings } from "../../../src/cli/options/campaign_options.ts";

describe("a layer of settings", () => {
  it("overrides the earlier layers, field by field", () => {
    const config: Settings = { slubDebug: "FZ", jobs: 2, twins: true };
    const options: Settings = { slubDebug: "P", jobs: undefined, twins: false };
    expect(overlaid(config, options)).toEqual({ slubDebug: "P", jobs: 2, twins: false });
  });

  it("becomes a request that includes the machine's own settings", async () => {
    const settings: Settings = { profile: "v6.1", kconfig: "-DEBUG_LIST", failOn: "any" };
    const request = await requestOf(settings);
    expect(request.machine).toEqual({
      profile: "v6.1",
      boot: undefined,
      slubDebug: undefined,
      cpus: undefined,
      config: "-DEBUG_LIST",
    });
    expect(Object.keys(request)).not.toContain("failOn");
  });

  it("from a config leaves a resumed campaign alone", () => {
    const config: Settings = { slubDebug: "FZ", jobs: 2, cases: 7, failOn: "any" };
    expect(settingsForResume(config)).toEqual({ jobs: 2, failOn: "any" });
  });

  it("can be printed, and its print requests the same", () => {
    const settings: Settings = {
      bugs: ["bit-flip"],
      workload: ["lifo"],
      sizes: [320],
      ops: 77,
      seed: 0xfedcba9876543210n,
      time: 1500,
      slubDebug: "-",
      invariants: { poison: 0, "red-zone": 4 },
    };
    const printed = checkConfig(JSON.parse(settingsText(settings)), "printed");
    expect(printed).toMatchObject(settings);
    expect(checkConfig(JSON.parse(settingsText(printed)), "again")).toEqual(printed);
  });
});
