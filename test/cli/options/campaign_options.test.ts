import { describe, expect, it } from "vitest";
import { checkConfig } from "../../../src/cli/config/check.ts";
import { requestOf } from "../../../src/cli/config/settings.ts";
import { CASE_OPTIONS, OPTIONS, type Settings } from "../../../src/cli/options/campaign_options.ts";
import { CANARY_NAMES } from "../../../src/slub/named_core.ts";
import { targetFor } from "../../../src/targets/targets.ts";
import { WHOLE } from "../../helper/configs.ts";

/** A value for each option that is not the usual one. */
const UNUSUAL: Settings = {
  ...checkConfig(WHOLE, "whole"),
  target: `canary:${CANARY_NAMES[0]}`,
  cpus: 8,
};
const PLAIN: Settings = { seed: 1n, boot: "smp" };
/** They say something of modules only. */
const OF_MODULES = ["module", "exports", "targets", "instrument", "fuel", "memory"];

async function tokenOf(settings: Settings): Promise<string> {
  return (await targetFor(await requestOf(settings))).campaignToken;
}

const names = Object.keys(OPTIONS).filter((name) => !OF_MODULES.includes(name));

const isOfCase = (name: string): boolean => Object.hasOwn(CASE_OPTIONS, name);

async function tokenWith(name: string): Promise<string> {
  return tokenOf({ ...PLAIN, [name]: UNUSUAL[name as keyof Settings] });
}

describe("a token", () => {
  it.each(names.filter(isOfCase))("spells out the option %s", async (name) => {
    expect(await tokenWith(name)).not.toBe(await tokenOf(PLAIN));
  });

  it.each(names.filter((name) => !isOfCase(name)))("leaves out the option %s", async (name) => {
    expect(await tokenWith(name)).toBe(await tokenOf(PLAIN));
  });
});
